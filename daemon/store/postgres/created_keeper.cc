#include "daemon/store/postgres/created_keeper.h"

#include <string_view>

#include "daemon/store/column_text.h"

namespace jobsched::pg {

namespace {

constexpr auto kKeep =
    "INSERT INTO jobsched.idempotency_keys AS k (account, key, request, at, created)"
    " VALUES ($1::bigint, $2, $3, $4::bigint, $5)"
    " ON CONFLICT (account, key) DO UPDATE SET request = excluded.request, at = excluded.at,"
    " created = excluded.created WHERE k.at <= $6::bigint";
constexpr auto kDropOld =
    "DELETE FROM jobsched.idempotency_keys WHERE (account, key) IN"
    " (SELECT account, key FROM jobsched.idempotency_keys WHERE at <= $1::bigint"
    " ORDER BY at LIMIT 2 FOR UPDATE SKIP LOCKED)";

std::string_view bytes_of(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}  // namespace

void keep_created(Connection& connection,
                  std::int64_t account,
                  const IdempotencyKey& key,
                  const std::vector<Created>& jobs,
                  Instant now) {
  const Instant forgotten = now - kIdempotencyPeriod;
  const Rows kept = connection.run(kKeep, account, key.key, Blob{bytes_of(key.request)}, now,
                                   Blob{created_column(jobs)}, forgotten);
  if (kept.changed() == 0) throw Exception("40001", "the key has just been kept");
  connection.run(kDropOld, forgotten);
}

}  // namespace jobsched::pg
