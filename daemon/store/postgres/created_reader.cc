#include "daemon/store/postgres/created_reader.h"

#include <string_view>

#include "daemon/store/column_text.h"
#include "daemon/store/refusals.h"

namespace jobsched::pg {

namespace {

constexpr auto kFindCreated =
    "SELECT request, at, created FROM jobsched.idempotency_keys"
    " WHERE account = (SELECT id FROM jobsched.accounts WHERE name = $1)"
    " AND key = $2 AND at > $3::bigint";

std::string_view bytes_of(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}  // namespace

Result<std::optional<CreatedOnce>> find_created(Connection& connection,
                                                const IdempotencyKey& key,
                                                Instant now) {
  const Rows rows =
      connection.run(kFindCreated, key.account, key.key, Instant{now - kIdempotencyPeriod});
  if (rows.empty()) return std::nullopt;
  if (rows[0].text(0) != bytes_of(key.request)) return key_of_another_request(key.key);
  return CreatedOnce{parse_created_column(rows[0].text(2)), rows[0].instant(1), true};
}

}  // namespace jobsched::pg
