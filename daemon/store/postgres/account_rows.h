#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "core/error.h"
#include "daemon/store/postgres/connection.h"

namespace jobsched::pg {

// The accounts that a transaction has to do with: their row ids, and how it changes the number of
// their jobs. An account that it gives something new cannot be removed by another instance before
// it ends. Members throw Exception.
class AccountRows {
 public:
  explicit AccountRows(Connection& connection) : connection_(connection) {}

  // The account's row id, absent if it has never had anything.
  std::optional<std::int64_t> find(const std::string& name);

  // The account's row id, to give it something new; makes a row if it has none. Errors: kForbidden
  // if there are accounts with keys, and it is none of them.
  Result<std::int64_t> find_for_more(const std::string& name);

  // Changes of the number of jobs, by account.
  using Counts = std::map<std::int64_t, std::int64_t>;

  // Says that an account has `change` more jobs.
  void count(std::int64_t account, std::int64_t change) { counts_[account] += change; }

  // How many jobs the account has, with those that were counted but not written. Other instances
  // change it no more until the transaction ends.
  std::int64_t jobs(std::int64_t account);

  // What was counted, and back to an earlier state of it.
  const Counts& counts() const { return counts_; }

  void restore(Counts counts) { counts_ = std::move(counts); }

  // Forgets the row ids, and which accounts are locked: some were added or deleted, or that was
  // undone.
  void forget();

  // The account was deleted.
  void drop(std::int64_t account);

  // Queues what writes the counts, in order of the accounts: transactions that meet do not wait for
  // each other in a circle.
  void queue_counts(std::int64_t slot);

 private:
  std::optional<std::int64_t> lock(const std::string& name);

  Connection& connection_;
  std::map<std::string, std::int64_t> ids_;
  std::map<std::string, std::int64_t> open_;  // those that may get more
  Counts counts_;
  Counts written_;  // of the accounts that nobody else changes any more
};

}  // namespace jobsched::pg
