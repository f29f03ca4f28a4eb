#include "daemon/store/account_control.h"

#include <algorithm>
#include <string_view>

#include "daemon/store/account_statements.h"
#include "daemon/store/refusals.h"

namespace jobsched::sql {

namespace {

Blob blob(const KeyHash& key) {
  return {{reinterpret_cast<const char*>(key.data()), key.size()}};
}

}  // namespace

std::vector<Account> read_accounts(Run& run) {
  std::vector<Account> accounts;
  while (run.step()) {
    Account account{run.text(0), {}, run.instant(2), static_cast<std::uint64_t>(run.number(3))};
    std::ranges::copy(run.text(1).substr(0, account.key.size()), account.key.begin());
    accounts.push_back(std::move(account));
  }
  return accounts;
}

AccountControl::AccountControl(SQLite::Database& database, Accounts& accounts)
    : accounts_(accounts),
      give_key_(database, kGiveKey),
      rotate_key_(database, kRotateKey),
      find_(database, kFindKeyed),
      count_(database, kCountKeys) {
  for (const char* const statement : kDropAccount)
    drop_.emplace_back(database, statement);
}

Result<void> AccountControl::add(const std::string& name, const KeyHash& key, Instant now) {
  accounts_.note_key();
  if (Run(give_key_, name, blob(key), now).change() > 0) return {};
  return account_exists(name);
}

Result<void> AccountControl::rotate_key(const std::string& name, const KeyHash& key) {
  if (Run(rotate_key_, name, blob(key)).change() > 0) return {};
  return no_such_account(name);
}

Result<void> AccountControl::remove(const AccountRemoval& removal) {
  std::int64_t account = 0;
  {
    Run run(find_, removal.name);
    if (!run.step()) return no_such_account(removal.name);
    account = run.number(0);
  }
  if (auto removable = expect_removable(removal, accounts_.jobs(account)); !removable)
    return removable;
  for (SQLite::Statement& statement : drop_)
    Run(statement, account).change();
  accounts_.drop(removal.name, account);
  return {};
}

Result<void> AccountControl::expect_removable(const AccountRemoval& removal, std::int64_t jobs) {
  if (!removal.with_jobs && jobs > 0) {
    return account_has_jobs(removal.name, jobs);
  }
  if (removal.last_too) return {};
  Run run(count_);
  run.step();
  if (run.number(0) > 1) return {};
  return last_account();
}

}  // namespace jobsched::sql
