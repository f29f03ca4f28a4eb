#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include "core/error.h"

namespace jobsched::sql {

// The accounts, as the writing connection sees them: their row ids, and how the open transaction
// changes the number of their jobs. Members throw SQLite::Exception.
class Accounts {
 public:
  explicit Accounts(SQLite::Database& database);

  // The account's row id, absent if it has never had a job.
  std::optional<std::int64_t> find(const std::string& name);

  // The account's row id, to give it something new; makes a row if it has none. Errors: kForbidden
  // if there are accounts with keys, and it is none of them.
  Result<std::int64_t> find_for_more(const std::string& name);

  // Changes of the number of jobs, by account.
  using Counts = std::map<std::int64_t, std::int64_t>;

  // Says that an account has `change` more jobs.
  void count(std::int64_t account, std::int64_t change) { counts_[account] += change; }

  // How many jobs the account has, with those that were counted but not written.
  std::int64_t jobs(std::int64_t account);

  // An account got its first key: from now on those without one get nothing more.
  void note_key() { open_.clear(); }

  // The account was deleted: its row id may go to another.
  void drop(const std::string& name, std::int64_t account);

  // What was counted since it was last written, and back to an earlier state of it.
  const Counts& counts() const { return counts_; }

  void restore(Counts counts) { counts_ = std::move(counts); }

  // Writes what was counted: once for each account of a transaction, not for each job.
  void write_counts();

  // Forgets what a transaction that was rolled back has added and counted.
  void forget();

 private:
  SQLite::Statement find_;
  SQLite::Statement find_open_;
  SQLite::Statement any_key_;
  SQLite::Statement add_;
  SQLite::Statement count_;
  SQLite::Statement size_;
  std::unordered_map<std::string, std::int64_t> ids_;
  std::unordered_map<std::string, std::int64_t> open_;  // those that may get more
  Counts counts_;
};

}  // namespace jobsched::sql
