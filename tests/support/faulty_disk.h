#pragma once

#include <cstdint>
#include <memory>
#include <random>

namespace jobsched::testing {

// The disk under all SQLite databases that are opened while it exists: it can fail, and it can lose
// its power. Used by one thread.
//
// It keeps what was written but not synced apart from what was, so that after a power cut it can
// leave what an honest disk may leave: all that was synced, and of the later writes, any sectors of
// 512 bytes, in any order. A file that was made and never synced may be gone, a file that was
// deleted without a sync of its directory may be back.
class FaultyDisk {
 public:
  enum class Call { kOpen, kRead, kWrite, kSync, kTruncate, kDelete, kLock, kShmMap, kShmLock };
  static constexpr std::size_t kCalls = 9;

  FaultyDisk();
  ~FaultyDisk();

  FaultyDisk(const FaultyDisk&) = delete;
  FaultyDisk& operator=(const FaultyDisk&) = delete;

  // How many calls of this kind there were.
  std::uint64_t calls(Call call) const;

  // Lets `times` calls of this kind fail with `code`, a result code of SQLite, from the one with
  // this number on: 1 is the next.
  void fail(Call call, std::uint64_t number, std::uint64_t times, int code);

  void stop_failing();

  // Writes, syncs, truncations and deletions so far.
  std::uint64_t changes() const;

  // The power goes with the change of this number: 1 is the next. From then on every call fails.
  void cut_power_at(std::uint64_t change);

  bool is_cut() const;

  // From now on a sync does nothing, and says that it did.
  void ignore_syncs();

  // Leaves on the real disk what has survived the cut, as `random` decides. Requires that no
  // database is open; from now on the disk works.
  void restore_power(std::mt19937_64& random);

 private:
  struct Vfs;
  std::unique_ptr<Vfs> vfs_;
};

}  // namespace jobsched::testing
