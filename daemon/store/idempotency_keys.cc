#include "daemon/store/idempotency_keys.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "core/text/utf8.h"
#include "daemon/store/connection.h"
#include "daemon/store/idempotency_statements.h"

namespace jobsched::sql {

namespace {

constexpr std::size_t kIdSize = sizeof(JobId::bytes);

std::string_view bytes_of(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

std::string pack(const std::vector<Created>& jobs) {
  std::string packed;
  packed.reserve(jobs.size() * (kIdSize + 1));
  for (const Created& job : jobs) {
    packed.append(reinterpret_cast<const char*>(job.id.bytes.data()), kIdSize);
    packed += job.replaced ? '\1' : '\0';
  }
  return packed;
}

std::vector<Created> unpack(std::string_view packed) {
  std::vector<Created> jobs;
  for (; packed.size() > kIdSize; packed.remove_prefix(kIdSize + 1)) {
    Created& job = jobs.emplace_back();
    std::ranges::copy(packed.substr(0, kIdSize), job.id.bytes.begin());
    job.replaced = packed[kIdSize] != '\0';
  }
  return jobs;
}

}  // namespace

Result<std::optional<CreatedOnce>> find_created(SQLite::Statement& find,
                                                const IdempotencyKey& key,
                                                Instant now) {
  Run run(find, key.account, key.key, now - kIdempotencyPeriod);
  if (!run.step()) return std::nullopt;
  if (run.text(0) == bytes_of(key.request)) {
    return CreatedOnce{unpack(run.text(2)), run.instant(1), true};
  }
  return fail(ErrorKind::kInvalid,
              "the Idempotency-Key " + quote(key.key) +
                  " was given with another request within the last 24 hours; send that one again "
                  "as it was, or give this one a key of its own");
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
  const std::string packed = pack(jobs);
  Run(keep_, account, key.key, Blob{bytes_of(key.request)}, now, Blob{packed}).change();
  Run(drop_old_, now - kIdempotencyPeriod).change();
}

}  // namespace jobsched::sql
