#pragma once

#include <memory>

namespace jobsched::testing {

// While it lives, the files that SQLite opens can be made to fail their syncs. Must outlive the
// stores that are opened meanwhile.
class FailingSync {
 public:
  FailingSync();
  ~FailingSync();

  FailingSync(const FailingSync&) = delete;
  FailingSync& operator=(const FailingSync&) = delete;

  void fail(bool on);

  // Syncs asked for so far.
  int syncs() const;

 private:
  struct Vfs;
  std::unique_ptr<Vfs> vfs_;
};

}  // namespace jobsched::testing
