#include "daemon/store/postgres/job_control.h"

#include <algorithm>
#include <set>
#include <utility>

#include "core/delivery/by_hand.h"
#include "daemon/store/postgres/job_row.h"
#include "daemon/store/postgres/log_reader.h"
#include "daemon/store/refusals.h"

namespace jobsched::pg {

namespace {

// A delivery, with the last attempt that was made: without a lease, the one before that which
// waits.
constexpr auto kLock =
    "SELECT fire_time, fired_in, attempt - CASE WHEN token IS NULL THEN 1 ELSE 0 END"
    " FROM jobsched.jobs WHERE account = $1::bigint AND id = $2::uuid FOR UPDATE";

constexpr auto kPause =
    "UPDATE jobsched.jobs SET paused = true, pause_reason = NULL, next = NULL,"
    " due = CASE WHEN fire_time IS NOT NULL THEN due END"
    " WHERE account = $1::bigint AND id = $2::uuid";
constexpr auto kResume =
    "UPDATE jobsched.jobs SET paused = false, pause_reason = NULL, next = $3::bigint,"
    " due = CASE WHEN fire_time IS NULL THEN $3::bigint ELSE due END,"
    " epoch = epoch + CASE WHEN $3::bigint <= fired THEN 1 ELSE 0 END"
    " WHERE account = $1::bigint AND id = $2::uuid";
constexpr auto kFire =
    "UPDATE jobsched.jobs SET fire_time = $3::bigint, fired_in = $4::bigint, attempt = 1,"
    " due = $3::bigint, fired = greatest(fired, $3::bigint)"
    " WHERE account = $1::bigint AND id = $2::uuid";
constexpr auto kHasten =
    "UPDATE jobsched.jobs SET due = $4::bigint WHERE account = $1::bigint AND id = $2::uuid"
    " AND fire_time = $3::bigint AND token IS NULL";
constexpr auto kBeginAgain =
    "UPDATE jobsched.jobs SET fire_time = $3::bigint, fired_in = $4::bigint, attempt = $5::bigint,"
    " due = $6::bigint, token = NULL, holder = NULL, until = NULL"
    " WHERE account = $1::bigint AND id = $2::uuid";
constexpr auto kRemove =
    "DELETE FROM jobsched.jobs WHERE account = $1::bigint AND id = ANY ($2::uuid[])"
    " RETURNING id, fire_time, fired_in, attempt - CASE WHEN token IS NULL THEN 1 ELSE 0 END";

// Another job may have taken its name.
constexpr auto kUnretire =
    "INSERT INTO jobsched.jobs SELECT r.* FROM jobsched.retired_jobs r"
    " WHERE account = $1::bigint AND id = $2::uuid";
constexpr auto kFreeRetiredName =
    "UPDATE jobsched.retired_jobs r SET name = NULL WHERE account = $1::bigint AND id = $2::uuid"
    " AND EXISTS (SELECT FROM jobsched.jobs j WHERE j.account = r.account AND j.name = r.name)";
constexpr auto kDropRetired =
    "DELETE FROM jobsched.retired_jobs WHERE account = $1::bigint AND id = $2::uuid";

std::optional<Delivery> read_delivery(const Rows::Row& row, const JobId& job, int column) {
  if (row.is_null(column)) return std::nullopt;
  return Delivery{job, row.instant(column), static_cast<std::uint32_t>(row.number(column + 2)),
                  static_cast<std::uint32_t>(row.number(column + 1))};
}

}  // namespace

std::optional<LockedJob> lock_job(Connection& connection, std::int64_t account, const JobId& id) {
  const Rows rows = connection.run(kLock, account, id);
  if (rows.empty()) return std::nullopt;
  return LockedJob{read_delivery(rows[0], id, 0)};
}

Result<Job> JobControl::find(const std::string& account, const JobId& id) {
  const Rows rows = transaction_.connection.run(kFindJob, account, id);
  if (rows.empty()) return no_such_job(id);
  return read_job(rows[0], transaction_.zones);
}

Result<Job> JobControl::lock(const std::string& account, const JobId& id) {
  const auto row = transaction_.accounts.find(account);
  if (!row || !lock_job(transaction_.connection, *row, id)) return no_such_job(id);
  return find(account, id);
}

Result<void> JobControl::expect(const std::string& account,
                                const JobId& id,
                                const JobVersions& versions) {
  if (versions.empty()) return {};
  return lock(account, id).and_then([&](const Job& job) -> Result<void> {
    if (is_expected(versions, job.spec)) return {};
    return changed_meanwhile(id);
  });
}

std::optional<LoggedDelivery> JobControl::find_delivery(const std::string& account,
                                                        const Delivery& delivery) {
  transaction_.log.queue_notes();
  return LogReader(transaction_.connection).find(account, delivery);
}

Result<LoggedDelivery> JobControl::fire_now(const std::string& account,
                                            const JobId& id,
                                            Instant now) {
  const auto row = transaction_.accounts.find(account);
  const auto locked = row ? lock_job(transaction_.connection, *row, id) : std::nullopt;
  if (!locked) return no_such_job(id);
  const Result<Job> job = find(account, id);
  if (!job) return tl::unexpected(job.error());
  if (locked->delivery) return another_outstanding(*locked->delivery);
  const Delivery delivery = fire_by_hand(
      *job, now, [&](const Delivery& one) { return find_delivery(account, one).has_value(); });
  transaction_.connection.run(kFire, *row, id, delivery.fire_time, std::int64_t{delivery.epoch});
  return LoggedDelivery{.delivery = delivery, .account = account, .due = delivery.fire_time};
}

Result<Job> JobControl::pause(const std::string& account, const JobId& id) {
  Result<Job> job = lock(account, id);
  if (!job) return job;
  if (!job->spec.paused && !job->next) return nothing_to_pause(id);
  transaction_.connection.run(kPause, *transaction_.accounts.find(account), id);
  job->spec.paused = true;
  job->pause_reason.reset();
  job->next.reset();
  return job;
}

Result<Job> JobControl::resume(const std::string& account, const JobId& id, Instant now) {
  Result<Job> job = lock(account, id);
  if (!job || !job->spec.paused) return job;
  const Result<Instant> next = next_of_resumed(*job, now);
  if (!next) return tl::unexpected(next.error());
  transaction_.connection.run(kResume, *transaction_.accounts.find(account), id, *next);
  job->spec.paused = false;
  job->pause_reason.reset();
  job->next = *next;
  return job;
}

Result<LoggedDelivery> JobControl::retry(const std::string& account,
                                         const Delivery& key,
                                         Instant now) {
  const auto row = transaction_.accounts.find(account);
  if (row) lock_job(transaction_.connection, *row, key.job);  // before anything is decided
  const std::optional<LoggedDelivery> delivery = find_delivery(account, key);
  if (!delivery) return no_such_delivery(key);
  Result<void> done;
  switch (delivery->state) {
    case DeliveryState::kWaiting: done = hasten(*row, *delivery, now); break;
    case DeliveryState::kExhausted:
    case DeliveryState::kSuperseded: done = begin_again(*row, *delivery, now); break;
    default: done = not_to_be_repeated(*delivery);
  }
  if (!done) return tl::unexpected(done.error());
  return *find_delivery(account, key);
}

// Not before its fire time, which lies ahead if the clock was set back.
Result<void> JobControl::hasten(std::int64_t account, const LoggedDelivery& delivery, Instant now) {
  const auto& [job, fire_time, attempt, epoch] = delivery.delivery;
  transaction_.connection.run(kHasten, account, job, fire_time, std::max(now, fire_time));
  return {};
}

Result<void> JobControl::begin_again(std::int64_t account,
                                     const LoggedDelivery& delivery,
                                     Instant now) {
  const auto& [job, fire_time, attempt, epoch] = delivery.delivery;
  const std::optional<LockedJob> there = lock_job(transaction_.connection, account, job);
  if (there && there->delivery) return another_outstanding(*there->delivery);
  if (!there && !unretire(account, job)) return not_to_be_repeated(delivery);
  transaction_.connection.run(kBeginAgain, account, job, fire_time, std::int64_t{epoch},
                              std::int64_t{attempt} + 1, std::max(now, fire_time));
  return {};
}

// Says whether there was one.
bool JobControl::unretire(std::int64_t account, const JobId& id) {
  transaction_.connection.queue(kFreeRetiredName, account, id);
  const bool there = transaction_.connection.run(kUnretire, account, id).changed() > 0;
  if (!there) return false;
  transaction_.connection.run(kDropRetired, account, id);
  transaction_.accounts.count(account, 1);
  return true;
}

Result<void> JobControl::remove(const std::string& account,
                                const JobId& id,
                                const JobVersions& expected,
                                Instant now) {
  if (auto met = expect(account, id, expected); !met) return met;
  if (!remove_all(account, {id}, now).empty()) return no_such_job(id);
  return {};
}

// In order of their ids: transactions that meet do not wait for each other in a circle.
std::vector<JobId> JobControl::remove_all(const std::string& account,
                                          const std::vector<JobId>& ids,
                                          Instant now) {
  const auto row = transaction_.accounts.find(account);
  if (!row) return ids;
  Array asked;
  for (const JobId& id : std::set<JobId>(ids.begin(), ids.end()))
    asked.add(id);
  const Rows rows = transaction_.connection.run(kRemove, *row, asked);
  std::set<JobId> removed;
  rows.each([&](const Rows::Row& job) {
    const JobId id = job.id(0);
    removed.insert(id);
    if (const auto delivery = read_delivery(job, id, 1)) {
      transaction_.log.note_end(*row, *delivery, DeliveryState::kCancelled, "the job was deleted",
                                now);
    }
  });
  transaction_.accounts.count(*row, -rows.changed());
  std::vector<JobId> unknown;
  for (const JobId& id : ids) {
    if (removed.erase(id) == 0) unknown.push_back(id);
  }
  return unknown;
}

}  // namespace jobsched::pg
