#include "daemon/store/postgres/account_rows.h"

#include "daemon/store/refusals.h"

namespace jobsched::pg {

namespace {

constexpr auto kFind = "SELECT id FROM jobsched.accounts WHERE name = $1";

// An account that may get more: one with a key, or any while there is none with one.
constexpr auto kLockOpen =
    "SELECT id FROM jobsched.accounts WHERE name = $1 AND (key_hash IS NOT NULL OR NOT EXISTS"
    " (SELECT FROM jobsched.accounts WHERE key_hash IS NOT NULL)) FOR KEY SHARE";
constexpr auto kAnyKey = "SELECT EXISTS (SELECT FROM jobsched.accounts WHERE key_hash IS NOT NULL)";
constexpr auto kAdd =
    "INSERT INTO jobsched.accounts (name) VALUES ($1) ON CONFLICT (name) DO NOTHING";

constexpr auto kLock = "SELECT FROM jobsched.accounts WHERE id = $1::bigint FOR UPDATE";
constexpr auto kJobs =
    "SELECT coalesce(sum(jobs), 0)::bigint FROM jobsched.job_counts WHERE account = $1::bigint";

constexpr auto kCount =
    "INSERT INTO jobsched.job_counts AS c (account, slot, jobs)"
    " VALUES ($1::bigint, $2::bigint, $3::bigint)"
    " ON CONFLICT (account, slot) DO UPDATE SET jobs = c.jobs + excluded.jobs";

}  // namespace

std::optional<std::int64_t> AccountRows::find(const std::string& name) {
  if (const auto known = ids_.find(name); known != ids_.end()) return known->second;
  const Rows rows = connection_.run(kFind, name);
  if (rows.empty()) return std::nullopt;
  return ids_[name] = rows[0].number(0);
}

std::optional<std::int64_t> AccountRows::lock(const std::string& name) {
  const Rows rows = connection_.run(kLockOpen, name);
  if (rows.empty()) return std::nullopt;
  return open_[name] = rows[0].number(0);
}

Result<std::int64_t> AccountRows::find_for_more(const std::string& name) {
  if (const auto known = open_.find(name); known != open_.end()) return known->second;
  if (const auto found = lock(name)) return *found;
  if (connection_.run(kAnyKey)[0].flag(0)) return account_gone(name);
  connection_.run(kAdd, name);
  if (const auto added = lock(name)) return *added;
  return account_gone(name);  // it was added and removed, or another got a key, meanwhile
}

std::int64_t AccountRows::jobs(std::int64_t account) {
  const auto [written, unknown] = written_.emplace(account, 0);
  if (unknown) {
    connection_.queue(kLock, account);
    written->second = connection_.run(kJobs, account)[0].number(0);
  }
  const auto counted = counts_.find(account);
  return counted == counts_.end() ? written->second : written->second + counted->second;
}

void AccountRows::forget() {
  ids_.clear();
  open_.clear();
  written_.clear();
}

void AccountRows::drop(std::int64_t account) {
  counts_.erase(account);
  forget();
}

void AccountRows::queue_counts(std::int64_t slot) {
  for (const auto& [account, change] : counts_) {
    if (change != 0) connection_.queue(kCount, account, slot, change);
  }
}

}  // namespace jobsched::pg
