#pragma once

#include <string>
#include <vector>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include "core/account/account.h"
#include "daemon/store/accounts.h"
#include "daemon/store/connection.h"
#include "daemon/store/values.h"

namespace jobsched::sql {

// The accounts that `run`, an execution of kAccountsWithKeys, gives.
std::vector<Account> read_accounts(Run& run);

// Accounts as people add and remove them, within the transaction that is open on the writing
// connection; each is that member of `Store`. Members throw SQLite::Exception.
class AccountControl {
 public:
  AccountControl(SQLite::Database& database, Accounts& accounts);

  Result<void> add(const std::string& name, const KeyHash& key, Instant now);
  Result<void> rotate_key(const std::string& name, const KeyHash& key);

  // Secrets that were read before are those of an account that has gone.
  Result<void> remove(const AccountRemoval& removal);

 private:
  Result<void> expect_removable(const AccountRemoval& removal, std::int64_t jobs);

  Accounts& accounts_;
  SQLite::Statement give_key_;
  SQLite::Statement rotate_key_;
  SQLite::Statement find_;
  SQLite::Statement count_;
  std::vector<SQLite::Statement> drop_;
};

}  // namespace jobsched::sql
