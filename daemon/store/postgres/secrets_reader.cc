#include "daemon/store/postgres/secrets_reader.h"

#include <string_view>
#include <utility>

#include "daemon/store/refusals.h"

namespace jobsched::pg {

namespace {

// The clock may be set back, so ids say which is newer.
constexpr auto kSecretsInUse =
    "SELECT a.name, s.secret, s.created, s.ends"
    " FROM jobsched.accounts a JOIN jobsched.signing_secrets s ON s.account = a.id"
    " WHERE a.name = ANY ($1::text[]) AND (s.ends IS NULL OR s.ends > $2::bigint)"
    " ORDER BY s.id DESC";

}  // namespace

SecretsOfAccounts read_secrets(Connection& connection,
                               std::span<const std::string> accounts,
                               Instant now) {
  Array names;
  for (const std::string& account : accounts)
    names.add(std::string_view(account));
  SecretsOfAccounts all;
  connection.run(kSecretsInUse, names, now).each([&](const Rows::Row& row) {
    Result<std::vector<AccountSecret>>& secrets = all[row.text(0)];
    Result<SigningSecret> secret = SigningSecret::from_bytes(row.text(1));
    if (!secret) {
      secrets = damaged_secret();
    } else if (secrets) {
      secrets->push_back({*std::move(secret), row.instant(2), row.optional_instant(3)});
    }
  });
  return all;
}

}  // namespace jobsched::pg
