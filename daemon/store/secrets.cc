#include "daemon/store/secrets.h"

#include <utility>

#include "daemon/store/refusals.h"
#include "daemon/store/statements.h"

namespace jobsched::sql {

namespace {

bool is_in_use(const AccountSecret& secret, Instant now) {
  return !secret.ends || *secret.ends > now;
}

}  // namespace

Result<std::vector<AccountSecret>> read_secrets(Run& run) {
  std::vector<AccountSecret> secrets;
  while (run.step()) {
    Result<SigningSecret> secret = SigningSecret::from_bytes(run.text(0));
    if (!secret) {
      return damaged_secret();
    }
    secrets.push_back({*std::move(secret), run.instant(1), run.optional_instant(2)});
  }
  return secrets;
}

std::vector<AccountSecret> in_use(std::vector<AccountSecret> secrets, Instant now) {
  std::erase_if(secrets, [&](const AccountSecret& one) { return !is_in_use(one, now); });
  return secrets;
}

Secrets::Secrets(SQLite::Database& database, std::function<void(const Error&)> damaged)
    : damaged_(std::move(damaged)),
      list_(database, kListSecrets),
      add_(database, kAddSecret),
      drop_ending_(database, kDropEndingSecrets),
      end_(database, kEndSecret),
      drop_(database, kDropSecrets) {}

void Secrets::rotate(std::int64_t account,
                     const SigningSecret& secret,
                     Instant now,
                     Millis overlap) {
  known_.clear();
  if (overlap > Millis{0}) {
    Run(drop_ending_, account).change();
    Run(end_, account, now + overlap).change();
  } else {
    Run(drop_, account).change();
  }
  Run(add_, account, Blob{secret.bytes()}, now).change();
}

void Secrets::remove(std::int64_t account) {
  known_.clear();
  Run(drop_, account).change();
}

void Secrets::add_to(std::vector<Claim>& claims, Instant now) {
  for (Claim& claim : claims) {
    for (const AccountSecret& one : of(claim.job.account)) {
      if (is_in_use(one, now)) claim.secrets.push_back(one.secret);
    }
  }
}

const std::vector<AccountSecret>& Secrets::of(const std::string& account) {
  const auto known = known_.find(account);
  if (known != known_.end()) return known->second;
  Run run(list_, account);
  Result<std::vector<AccountSecret>> secrets = read_secrets(run);
  if (!secrets) damaged_(secrets.error());
  return known_[account] = std::move(secrets).value_or(std::vector<AccountSecret>{});
}

}  // namespace jobsched::sql
