#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include "core/delivery/signature.h"
#include "core/error.h"
#include "daemon/store/connection.h"
#include "daemon/store/store.h"

namespace jobsched::sql {

// The secrets that `run`, an execution of kListSecrets, gives. Errors: kInternal if a row does not
// make a secret, as after damage to the disk; the detail has nothing of it.
Result<std::vector<AccountSecret>> read_secrets(Run& run);

// Those of `secrets` that are in use at `now`.
std::vector<AccountSecret> in_use(std::vector<AccountSecret> secrets, Instant now);

// The signing secrets, as the writing connection sees them. What a claim asks for is read once and
// kept, so that claims of accounts without secrets cost nothing: nobody else writes them. Members
// throw SQLite::Exception.
class Secrets {
 public:
  // `damaged` hears of an account whose secrets cannot be read; its callbacks go unsigned, and are
  // refused where that matters.
  Secrets(SQLite::Database& database, std::function<void(const Error&)> damaged);

  // `Store::rotate_secret`, for the account with this row id.
  void rotate(std::int64_t account, const SigningSecret& secret, Instant now, Millis overlap);

  // `Store::remove_secrets`.
  void remove(std::int64_t account);

  // Gives each claim the secrets of its account that are in use at `now`.
  void add_to(std::vector<Claim>& claims, Instant now);

  // Forgets what was read: a transaction was rolled back.
  void forget() { known_.clear(); }

 private:
  const std::vector<AccountSecret>& of(const std::string& account);

  std::function<void(const Error&)> damaged_;
  SQLite::Statement list_;
  SQLite::Statement add_;
  SQLite::Statement drop_ending_;
  SQLite::Statement end_;
  SQLite::Statement drop_;
  std::unordered_map<std::string, std::vector<AccountSecret>> known_;  // by the account's name
};

}  // namespace jobsched::sql
