#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

namespace jobsched::sql {

// The accounts, as the writing connection sees them: their row ids, and how the open transaction
// changes the number of their jobs. Members throw SQLite::Exception.
class Accounts {
 public:
  explicit Accounts(SQLite::Database& database);

  // The account's row id, absent if it has never had a job.
  std::optional<std::int64_t> find(const std::string& name);

  // The same, making the account if it is new.
  std::int64_t find_or_add(const std::string& name);

  // Changes of the number of jobs, by account.
  using Counts = std::map<std::int64_t, std::int64_t>;

  // Says that an account has `change` more jobs.
  void count(std::int64_t account, std::int64_t change) { counts_[account] += change; }

  // What was counted since it was last written, and back to an earlier state of it.
  const Counts& counts() const { return counts_; }

  void restore(Counts counts) { counts_ = std::move(counts); }

  // Writes what was counted: once for each account of a transaction, not for each job.
  void write_counts();

  // Forgets what a transaction that was rolled back has added and counted.
  void forget();

 private:
  SQLite::Statement find_;
  SQLite::Statement add_;
  SQLite::Statement count_;
  std::unordered_map<std::string, std::int64_t> ids_;
  Counts counts_;
};

}  // namespace jobsched::sql
