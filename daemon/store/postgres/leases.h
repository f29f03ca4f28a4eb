#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

namespace jobsched::pg {

// The accounts of the deliveries that this instance has claimed and not recorded yet, by the token
// of the lease: a record does not say its account, and rows are found by it. What a transaction
// changes of it holds once that is committed.
class Leases {
 public:
  void begin(std::int64_t token, std::int64_t account) {
    accounts_[token] = account;
    begun_.push_back(token);
  }

  // What was recorded: until it is committed, it may have to be recorded again.
  void end(std::int64_t token) { ended_.push_back(token); }

  // Absent if this instance has no such lease any more.
  std::optional<std::int64_t> account_of(std::int64_t token) const {
    const auto found = accounts_.find(token);
    return found == accounts_.end() ? std::nullopt : std::optional{found->second};
  }

  // What has changed since `mark` is undone: a part of the transaction was.
  struct Mark {
    std::size_t begun;
    std::size_t ended;
  };

  Mark mark() const { return {begun_.size(), ended_.size()}; }

  void undo_to(const Mark& mark) {
    for (std::size_t index = mark.begun; index < begun_.size(); ++index)
      accounts_.erase(begun_[index]);
    begun_.resize(mark.begun);
    ended_.resize(mark.ended);
  }

  void committed() { settle(ended_); }

  void rolled_back() { settle(begun_); }

 private:
  void settle(const std::vector<std::int64_t>& gone) {
    for (const std::int64_t token : gone)
      accounts_.erase(token);
    begun_.clear();
    ended_.clear();
  }

  std::unordered_map<std::int64_t, std::int64_t> accounts_;
  std::vector<std::int64_t> begun_;
  std::vector<std::int64_t> ended_;
};

}  // namespace jobsched::pg
