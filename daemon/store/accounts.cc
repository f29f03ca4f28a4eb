#include "daemon/store/accounts.h"

#include "daemon/store/connection.h"
#include "daemon/store/statements.h"

namespace jobsched::sql {

Accounts::Accounts(SQLite::Database& database)
    : find_(database, kFindAccount), add_(database, kAddAccount), count_(database, kCountJobs) {}

std::optional<std::int64_t> Accounts::find(const std::string& name) {
  if (const auto known = ids_.find(name); known != ids_.end()) return known->second;
  Run run(find_, name);
  if (!run.step()) return std::nullopt;
  return ids_[name] = run.number(0);
}

std::int64_t Accounts::find_or_add(const std::string& name) {
  if (const std::optional<std::int64_t> known = find(name)) return *known;
  Run run(add_, name);
  run.step();
  return ids_[name] = run.number(0);
}

void Accounts::write_counts() {
  for (const auto& [account, change] : counts_) {
    if (change != 0) Run(count_, account, change).change();
  }
  counts_.clear();
}

void Accounts::forget() {
  ids_.clear();
  counts_.clear();
}

}  // namespace jobsched::sql
