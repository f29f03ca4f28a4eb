#include "daemon/store/postgres/account_control.h"

#include <array>

#include "daemon/store/refusals.h"

namespace jobsched::pg {

namespace {

constexpr auto kGiveKey =
    "INSERT INTO jobsched.accounts AS a (name, key_hash, added) VALUES ($1, $2, $3::bigint)"
    " ON CONFLICT (name) DO UPDATE SET key_hash = excluded.key_hash, added = excluded.added"
    " WHERE a.key_hash IS NULL";
constexpr auto kRotateKey =
    "UPDATE jobsched.accounts SET key_hash = $2 WHERE name = $1 AND key_hash IS NOT NULL";

// One removal at a time: the last account may be one that must stay.
constexpr auto kLockAccounts = "LOCK TABLE jobsched.accounts IN SHARE ROW EXCLUSIVE MODE";
constexpr auto kLockKeyed =
    "SELECT id FROM jobsched.accounts WHERE name = $1 AND key_hash IS NOT NULL FOR UPDATE";
constexpr auto kCountKeys = "SELECT count(*) FROM jobsched.accounts WHERE key_hash IS NOT NULL";
constexpr std::array kDrop{
    "DELETE FROM jobsched.jobs WHERE account = $1::bigint",
    "DELETE FROM jobsched.job_counts WHERE account = $1::bigint",
    "DELETE FROM jobsched.retired_jobs WHERE account = $1::bigint",
    "DELETE FROM jobsched.attempts WHERE account = $1::bigint",
    "DELETE FROM jobsched.signing_secrets WHERE account = $1::bigint",
    "DELETE FROM jobsched.idempotency_keys WHERE account = $1::bigint",
    "DELETE FROM jobsched.accounts WHERE id = $1::bigint",
};

// One rotation at a time: an account has two secrets at most.
constexpr auto kLockAccount =
    "SELECT FROM jobsched.accounts WHERE id = $1::bigint FOR NO KEY UPDATE";
constexpr auto kDropEndingSecrets =
    "DELETE FROM jobsched.signing_secrets WHERE account = $1::bigint AND ends IS NOT NULL";
constexpr auto kEndSecret =
    "UPDATE jobsched.signing_secrets SET ends = $2::bigint WHERE account = $1::bigint";
constexpr auto kDropSecrets = "DELETE FROM jobsched.signing_secrets WHERE account = $1::bigint";
constexpr auto kAddSecret =
    "INSERT INTO jobsched.signing_secrets (account, secret, created)"
    " VALUES ($1::bigint, $2, $3::bigint)";

Blob blob(const KeyHash& key) {
  return {{reinterpret_cast<const char*>(key.data()), key.size()}};
}

}  // namespace

Result<void> AccountControl::add(const std::string& name, const KeyHash& key, Instant now) {
  transaction_.accounts.forget();
  if (transaction_.connection.run(kGiveKey, name, blob(key), now).changed() > 0) return {};
  return account_exists(name);
}

Result<void> AccountControl::rotate_key(const std::string& name, const KeyHash& key) {
  if (transaction_.connection.run(kRotateKey, name, blob(key)).changed() > 0) return {};
  return no_such_account(name);
}

Result<void> AccountControl::remove(const AccountRemoval& removal) {
  transaction_.connection.queue(kLockAccounts);
  const Rows rows = transaction_.connection.run(kLockKeyed, removal.name);
  if (rows.empty()) return no_such_account(removal.name);
  const std::int64_t account = rows[0].number(0);
  if (auto removable = expect_removable(removal, account); !removable) return removable;
  for (const char* const statement : kDrop)
    transaction_.connection.queue(statement, account);
  transaction_.connection.run_queued();
  transaction_.accounts.drop(account);
  return {};
}

Result<void> AccountControl::expect_removable(const AccountRemoval& removal, std::int64_t account) {
  const std::int64_t jobs = transaction_.accounts.jobs(account);
  if (!removal.with_jobs && jobs > 0) return account_has_jobs(removal.name, jobs);
  if (removal.last_too || transaction_.connection.run(kCountKeys)[0].number(0) > 1) return {};
  return last_account();
}

Result<void> AccountControl::rotate_secret(const std::string& name,
                                           const SigningSecret& secret,
                                           Instant now,
                                           Millis overlap) {
  const auto account = transaction_.accounts.find_for_more(name);
  if (!account) return tl::unexpected(account.error());
  transaction_.connection.queue(kLockAccount, *account);
  if (overlap > Millis{0}) {
    transaction_.connection.queue(kDropEndingSecrets, *account);
    transaction_.connection.queue(kEndSecret, *account, now + overlap);
  } else {
    transaction_.connection.queue(kDropSecrets, *account);
  }
  transaction_.connection.run(kAddSecret, *account, Blob{secret.bytes()}, now);
  return {};
}

void AccountControl::remove_secrets(const std::string& name) {
  if (const auto account = transaction_.accounts.find(name)) {
    transaction_.connection.run(kDropSecrets, *account);
  }
}

}  // namespace jobsched::pg
