#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

namespace jobsched::pg {

// A lease: whose job is delivered, by whom, and whether the job was to go with this delivery when
// it was claimed.
struct Lease {
  std::int64_t account;
  std::int64_t holder;
  bool last;
};

// The leases of what this instance has claimed and not recorded yet, by their tokens: a record says
// nothing else of them. What a transaction changes of it holds once that is committed.
class Leases {
 public:
  void begin(std::int64_t token, const Lease& lease) {
    leases_[token] = lease;
    begun_.push_back(token);
  }

  // What was recorded: until it is committed, it may have to be recorded again.
  void end(std::int64_t token) { ended_.push_back(token); }

  // Absent if this instance has no such lease any more.
  std::optional<Lease> find(std::int64_t token) const {
    const auto found = leases_.find(token);
    return found == leases_.end() ? std::nullopt : std::optional{found->second};
  }

  // What has changed since `mark` is undone: a part of the transaction was.
  struct Mark {
    std::size_t begun;
    std::size_t ended;
  };

  Mark mark() const { return {begun_.size(), ended_.size()}; }

  void undo_to(const Mark& mark) {
    for (std::size_t index = mark.begun; index < begun_.size(); ++index)
      leases_.erase(begun_[index]);
    begun_.resize(mark.begun);
    ended_.resize(mark.ended);
  }

  void committed() { settle(ended_); }

  void rolled_back() { settle(begun_); }

 private:
  void settle(const std::vector<std::int64_t>& gone) {
    for (const std::int64_t token : gone)
      leases_.erase(token);
    begun_.clear();
    ended_.clear();
  }

  std::unordered_map<std::int64_t, Lease> leases_;
  std::vector<std::int64_t> begun_;
  std::vector<std::int64_t> ended_;
};

}  // namespace jobsched::pg
