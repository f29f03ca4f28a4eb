#include "daemon/store/accounts.h"

#include "daemon/store/account_statements.h"
#include "daemon/store/connection.h"
#include "daemon/store/refusals.h"
#include "daemon/store/statements.h"

namespace jobsched::sql {

Accounts::Accounts(SQLite::Database& database)
    : find_(database, kFindAccount),
      find_open_(database, kFindOpenAccount),
      any_key_(database, kAnyKey),
      add_(database, kAddAccount),
      count_(database, kCountJobs),
      size_(database, kCountedJobs) {}

std::optional<std::int64_t> Accounts::find(const std::string& name) {
  if (const auto known = ids_.find(name); known != ids_.end()) return known->second;
  Run run(find_, name);
  if (!run.step()) return std::nullopt;
  return ids_[name] = run.number(0);
}

Result<std::int64_t> Accounts::find_for_more(const std::string& name) {
  if (const auto known = open_.find(name); known != open_.end()) return known->second;
  {
    Run run(find_open_, name);
    if (run.step()) return open_[name] = run.number(0);
  }
  if (Run(any_key_).step()) {
    return account_gone(name);
  }
  Run run(add_, name);
  run.step();
  return open_[name] = ids_[name] = run.number(0);
}

std::int64_t Accounts::jobs(std::int64_t account) {
  const auto counted = counts_.find(account);
  Run run(size_, account);
  const std::int64_t written = run.step() ? run.number(0) : 0;
  return counted == counts_.end() ? written : written + counted->second;
}

void Accounts::drop(const std::string& name, std::int64_t account) {
  counts_.erase(account);
  ids_.erase(name);
  open_.erase(name);
}

void Accounts::write_counts() {
  for (const auto& [account, change] : counts_) {
    if (change != 0) Run(count_, account, change).change();
  }
  counts_.clear();
}

void Accounts::forget() {
  ids_.clear();
  open_.clear();
  counts_.clear();
}

}  // namespace jobsched::sql
