#include "daemon/store/idempotency_keys.h"

#include <string>
#include <string_view>

#include "daemon/store/column_text.h"
#include "daemon/store/connection.h"
#include "daemon/store/idempotency_statements.h"
#include "daemon/store/refusals.h"

namespace jobsched::sql {

namespace {

std::string_view bytes_of(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}  // namespace

Result<std::optional<CreatedOnce>> find_created(SQLite::Statement& find,
                                                const IdempotencyKey& key,
                                                Instant now) {
  Run run(find, key.account, key.key, now - kIdempotencyPeriod);
  if (!run.step()) return std::nullopt;
  if (run.text(0) == bytes_of(key.request)) {
    return CreatedOnce{parse_created_column(run.text(2)), run.instant(1), true};
  }
  return key_of_another_request(key.key);
}

IdempotencyKeys::IdempotencyKeys(SQLite::Database& database)
    : find_(database, kFindCreated),
      keep_(database, kKeepCreated),
      drop_old_(database, kDropOldCreated) {}

Result<std::optional<CreatedOnce>> IdempotencyKeys::find(const IdempotencyKey& key, Instant now) {
  return find_created(find_, key, now);
}

void IdempotencyKeys::keep(std::int64_t account,
                           const IdempotencyKey& key,
                           const std::vector<Created>& jobs,
                           Instant now) {
  const std::string packed = created_column(jobs);
  Run(keep_, account, key.key, Blob{bytes_of(key.request)}, now, Blob{packed}).change();
  Run(drop_old_, now - kIdempotencyPeriod).change();
}

}  // namespace jobsched::sql
