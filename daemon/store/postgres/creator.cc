#include "daemon/store/postgres/creator.h"

#include <array>
#include <bit>
#include <map>
#include <set>
#include <utility>

#include "daemon/store/column_text.h"
#include "daemon/store/job_columns.h"
#include "daemon/store/postgres/created_keeper.h"
#include "daemon/store/postgres/created_reader.h"
#include "daemon/store/postgres/job_control.h"
#include "daemon/store/refusals.h"

namespace jobsched::pg {

namespace {

constexpr auto kInsert =
    "INSERT INTO jobsched.jobs (account, id, url, signature, content_type, data, \"when\", cron,"
    " timezone, misfire, paused, name, method, headers, timeout, attempts, backoff, next, due)"
    " SELECT *, next FROM unnest($1::bigint[], $2::uuid[], $3::text[], $4::text[], $5::text[],"
    " $6::bytea[], $7::bigint[], $8::text[], $9::text[], $10::text[], $11::boolean[], $12::text[],"
    " $13::text[], $14::text[], $15::bigint[], $16::bigint[], $17::text[], $18::bigint[])"
    " AS v (account, id, url, signature, content_type, data, \"when\", cron, timezone, misfire,"
    " paused, name, method, headers, timeout, attempts, backoff, next)"
    " ON CONFLICT (account, id) DO NOTHING RETURNING account, id";

// The outstanding delivery of the old definition goes with it.
constexpr auto kRedefine =
    "UPDATE jobsched.jobs SET url = $3, signature = $4, content_type = $5, data = $6::bytea,"
    " \"when\" = $7::bigint, cron = $8, timezone = $9, misfire = $10, paused = $11::boolean,"
    " name = $12, method = $13, headers = $14, timeout = $15::bigint, attempts = $16::bigint,"
    " backoff = $17, next = $18::bigint, due = $18::bigint, pause_reason = NULL,"
    " epoch = epoch + CASE WHEN $18::bigint <= fired THEN 1 ELSE 0 END,"
    " fire_time = NULL, fired_in = NULL, attempt = NULL, token = NULL, holder = NULL,"
    " until = NULL"
    " WHERE account = $1::bigint AND id = $2::uuid";

constexpr auto kFindNamed =
    "SELECT id FROM jobsched.jobs WHERE account = $1::bigint AND name = $2 FOR UPDATE";
constexpr auto kNoteZones =
    "INSERT INTO jobsched.time_zones (name, rules)"
    " SELECT * FROM unnest($1::text[], $2::bigint[]) ON CONFLICT (name) DO NOTHING";

// The columns of kInsert.
struct InsertColumns {
  static constexpr std::size_t kCount = 18;
  std::array<Array, kCount> arrays;

  void add(std::int64_t account, const Job& job) {
    const SpecColumns spec(job.spec);
    add_row(account, job.id, std::string_view(spec.url), view(spec.signature),
            view(spec.content_type), spec.data ? std::optional{Blob{*spec.data}} : std::nullopt,
            spec.when, view(spec.cron), view(spec.timezone), view(spec.misfire), spec.paused,
            view(spec.name), view(spec.method), view(spec.headers), spec.timeout, spec.attempts,
            view(spec.backoff), job.next);
  }

 private:
  static std::optional<std::string_view> view(const std::optional<std::string>& text) {
    return text ? std::optional<std::string_view>(*text) : std::nullopt;
  }

  template <class... Values>
  void add_row(const Values&... values) {
    static_assert(sizeof...(values) == kCount);
    std::size_t column = 0;
    (arrays[column++].add(values), ...);
  }
};

using Key = std::pair<std::int64_t, JobId>;

}  // namespace

std::vector<Result<Created>> Creator::create_each(const std::vector<const Job*>& jobs) {
  std::vector<Result<std::int64_t>> accounts;
  std::vector<const Job*> taken;
  InsertColumns columns;
  for (const Job* const job : jobs) {
    auto account = transaction_.accounts.find_for_more(job->account);
    if (account) {
      if (const auto room = expect_room(*account, job->account); !room) {
        account = tl::unexpected(room.error());
      }
    }
    if (account) {
      columns.add(*account, *job);
      transaction_.accounts.count(*account, 1);
      taken.push_back(job);
    }
    accounts.push_back(std::move(account));
  }
  std::multiset<Key> stored;
  if (!taken.empty()) {
    note_zones(taken);
    const Rows rows = std::apply(
        [this](const auto&... all) { return transaction_.connection.run(kInsert, all...); },
        columns.arrays);
    rows.each([&](const Rows::Row& row) { stored.emplace(row.number(0), row.id(1)); });
  }
  std::vector<Result<Created>> all;
  for (std::size_t index = 0; index < jobs.size(); ++index) {
    const Result<std::int64_t>& account = accounts[index];
    const JobId& id = jobs[index]->id;
    if (!account) {
      all.emplace_back(tl::unexpected(account.error()));
    } else if (const auto found = stored.find(Key{*account, id}); found != stored.end()) {
      stored.erase(found);
      all.emplace_back(Created{id});
    } else {
      transaction_.accounts.count(*account, -1);
      all.emplace_back(exists_already(id));
    }
  }
  return all;
}

// One after the other, as far as it can be seen: a job takes the place of the one of its name,
// which may be one before it. Those without such a one are stored together.
Result<std::vector<Created>> Creator::create_all(std::span<const Job> jobs) {
  std::vector<Created> all;
  std::vector<const Job*> waiting;
  std::set<std::pair<std::string, std::string>> names;  // of those that wait
  const auto store_waiting = [&]() -> Result<void> {
    names.clear();
    return insert_all(std::exchange(waiting, {}));
  };
  for (const Job& job : jobs) {
    std::optional<JobId> named;
    if (job.spec.name) {
      const bool waits = !names.emplace(job.account, *job.spec.name).second;
      if (waits) {
        if (const auto done = store_waiting(); !done) return tl::unexpected(done.error());
      }
      const auto account = transaction_.accounts.find_for_more(job.account);
      if (!account) return tl::unexpected(account.error());
      named = find_named(*account, *job.spec.name);
      if (named) {
        const auto done = redefine(*account, *named, job.spec, job.next, id_time(job.id));
        if (!done) return tl::unexpected(done.error());
      }
    }
    if (!named) waiting.push_back(&job);
    all.push_back({named.value_or(job.id), named.has_value()});
  }
  return store_waiting().map([&] { return std::move(all); });
}

Result<void> Creator::insert_all(const std::vector<const Job*>& jobs) {
  for (const Result<Created>& created : create_each(jobs)) {
    if (!created) return tl::unexpected(created.error());
  }
  return {};
}

Result<CreatedOnce> Creator::create_once(const IdempotencyKey& key,
                                         std::span<const Job> jobs,
                                         Instant now) {
  Result<std::optional<CreatedOnce>> before = find_created(transaction_.connection, key, now);
  if (!before) return tl::unexpected(std::move(before.error()));
  if (*before) return **std::move(before);
  const Result<std::int64_t> account = transaction_.accounts.find_for_more(key.account);
  if (!account) return tl::unexpected(account.error());
  return create_all(jobs).map([&](std::vector<Created> created) {
    keep_created(transaction_.connection, *account, key, created, now);
    return CreatedOnce{std::move(created), now};
  });
}

Result<void> Creator::replace(const std::string& account,
                              const JobId& id,
                              const JobVersions& expected,
                              const JobSpec& spec,
                              std::optional<Instant> next,
                              Instant now) {
  JobControl control(transaction_);
  if (const auto met = control.expect(account, id, expected); !met) return met;
  const std::optional<std::int64_t> row = transaction_.accounts.find(account);
  if (!row) return no_such_job(id);
  if (spec.name) {
    const auto named = find_named(*row, *spec.name);
    if (named && *named != id) return name_taken(*spec.name, *named);
  }
  return redefine(*row, id, spec, next, now);
}

Result<void> Creator::redefine(std::int64_t account,
                               const JobId& id,
                               const JobSpec& spec,
                               std::optional<Instant> next,
                               Instant now) {
  const auto old = lock_job(transaction_.connection, account, id);
  if (!old) return no_such_job(id);
  const SpecColumns columns(spec);
  transaction_.connection.run(
      kRedefine, account, id, columns.url, columns.signature, columns.content_type,
      columns.data ? std::optional{Blob{*columns.data}} : std::nullopt, columns.when, columns.cron,
      columns.timezone, columns.misfire, columns.paused, columns.name, columns.method,
      columns.headers, columns.timeout, columns.attempts, columns.backoff, next);
  const Job zoned{id, {}, spec, next};
  note_zones({&zoned});
  if (old->delivery) {
    transaction_.log.note_end(account, *old->delivery, DeliveryState::kSuperseded,
                              "the job was replaced", now);
  }
  return {};
}

std::optional<JobId> Creator::find_named(std::int64_t account, const std::string& name) {
  const Rows rows = transaction_.connection.run(kFindNamed, account, name);
  return rows.empty() ? std::nullopt : std::optional{rows[0].id(0)};
}

Result<void> Creator::expect_room(std::int64_t account, const std::string& name) {
  if (transaction_.jobs_per_account == 0) return {};
  return check_room(name, transaction_.accounts.jobs(account), transaction_.jobs_per_account);
}

void Creator::note_zones(const std::vector<const Job*>& jobs) {
  std::map<std::string, std::optional<std::int64_t>> zones;
  for (const Job* const job : jobs) {
    const auto* const recurring = std::get_if<Recurring>(&job->spec.schedule);
    if (recurring == nullptr || !job->spec.timezone) continue;
    zones.emplace(*job->spec.timezone, rules_column(recurring->zone.get()));
  }
  if (zones.empty()) return;
  Array names;
  Array rules;
  for (const auto& [name, fingerprint] : zones) {
    names.add(std::string_view(name));
    rules.add(fingerprint);
  }
  transaction_.connection.run(kNoteZones, names, rules);
}

}  // namespace jobsched::pg
