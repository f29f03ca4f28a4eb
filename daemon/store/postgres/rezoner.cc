#include "daemon/store/postgres/rezoner.h"

#include <string_view>
#include <tuple>
#include <utility>

#include "daemon/store/column_text.h"
#include "daemon/store/postgres/job_row.h"

namespace jobsched::pg {

namespace {

// Jobs of one step: what they take of the disk's time others wait for.
constexpr std::int64_t kStep = 1'000;

constexpr auto kJobsOfZone =
    "SELECT j.id, a.name, j.url, j.signature, j.content_type, j.data, j.\"when\", j.cron, j.next,"
    " j.timezone, j.misfire, j.paused, j.pause_reason, j.epoch, j.name, j.method, j.headers,"
    " j.timeout, j.attempts, j.backoff, j.account, j.fire_time IS NOT NULL"
    " FROM jobsched.jobs j JOIN jobsched.accounts a ON a.id = j.account"
    " WHERE j.timezone = $1 AND j.cron IS NOT NULL AND j.id > $2::uuid"
    " ORDER BY j.id LIMIT $3::bigint FOR UPDATE OF j";
constexpr int kAccount = kJobColumns;
constexpr int kOutstanding = kJobColumns + 1;

// A job that is held up by an outstanding delivery stays so.
constexpr auto kChange =
    "UPDATE jobsched.jobs j SET next = v.next, paused = v.paused, pause_reason = v.reason,"
    " due = CASE WHEN j.fire_time IS NULL THEN v.next ELSE j.due END,"
    " epoch = j.epoch + CASE WHEN j.paused AND v.next <= j.fired THEN 1 ELSE 0 END"
    " FROM unnest($1::bigint[], $2::uuid[], $3::bigint[], $4::boolean[], $5::text[])"
    " AS v (account, id, next, paused, reason)"
    " WHERE j.account = v.account AND j.id = v.id";

constexpr auto kDropUnused =
    "DELETE FROM jobsched.time_zones WHERE name = $1 AND NOT EXISTS"
    " (SELECT FROM jobsched.jobs WHERE timezone = $1 AND cron IS NOT NULL)";
constexpr auto kNote = "UPDATE jobsched.time_zones SET rules = $2::bigint WHERE name = $1";

}  // namespace

Rezoned Rezoner::rezone(const Rezoning& rezoning, Instant now) {
  const Rows rows = transaction_.connection.run(kJobsOfZone, rezoning.zone,
                                                rezoning.after.value_or(JobId{}), kStep);
  rows.each([&](const Rows::Row& row) {
    Result<Job> job = read_job(row, [&](std::string_view) { return rezoning.rules; });
    // One that cannot be read is found out when it is due.
    if (!job) return;
    rezone({*std::move(job), row.number(kAccount), row.flag(kOutstanding)}, rezoning, now);
  });
  if (std::exchange(any_, false)) {
    std::apply([&](const auto&... all) { transaction_.connection.queue(kChange, all...); },
               changed_);
  }
  removed_.queue(transaction_.connection);
  if (rows.size() == kStep) {
    done_.rest_after = rows[rows.size() - 1].id(0);
  } else {
    note_rules(rezoning);
  }
  return done_;
}

void Rezoner::rezone(const Found& found, const Rezoning& rezoning, Instant now) {
  const Job& job = found.job;
  if (job.spec.paused && !job.pause_reason) return;
  if (!rezoning.rules) {
    if (!job.spec.paused && job.next) pause(found, missing_zone_reason(rezoning.zone));
    return;
  }
  const std::optional<Instant> next = next_fire_time(job.spec.schedule, now);
  if (job.spec.paused) {
    go_on(found, next);
    ++done_.resumed;
  } else if (job.next && *job.next > now && job.next != next) {
    go_on(found, next);
    ++done_.moved;
  }
}

void Rezoner::pause(const Found& found, const std::string& reason) {
  auto& [account, id, next, paused, pause_reason] = changed_;
  account.add(found.account);
  id.add(found.job.id);
  next.add_null();
  paused.add(true);
  pause_reason.add(std::string_view(reason));
  any_ = true;
  ++done_.paused;
}

void Rezoner::go_on(const Found& found, std::optional<Instant> time) {
  done_.next_due = earlier(done_.next_due, time);
  if (!time && !found.outstanding) {
    removed_.remove(found.account, found.job.id);
    transaction_.accounts.count(found.account, -1);
    return;
  }
  auto& [account, id, next, paused, pause_reason] = changed_;
  account.add(found.account);
  id.add(found.job.id);
  next.add(time);
  paused.add(false);
  pause_reason.add_null();
  any_ = true;
}

void Rezoner::note_rules(const Rezoning& rezoning) {
  if (transaction_.connection.run(kDropUnused, rezoning.zone).changed() > 0) return;
  transaction_.connection.run(kNote, rezoning.zone, rules_column(rezoning.rules.get()));
}

}  // namespace jobsched::pg
