#include "daemon/store/postgres/rearmer.h"

#include <array>
#include <tuple>

#include "core/job/rearm.h"
#include "daemon/store/postgres/job_row.h"

namespace jobsched::pg {

namespace {

// Jobs of one step: what they take of the disk's time others wait for.
constexpr std::int64_t kStep = 1'000;

// A clock that is set back by less is corrected.
constexpr Millis kCorrected{60'000};

constexpr auto kClocks =
    "SELECT last_claim, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint"
    " FROM jobsched.clock FOR UPDATE";
constexpr auto kSetLastClaim = "UPDATE jobsched.clock SET last_claim = $1::bigint";

constexpr auto kBringRetriesForward =
    "UPDATE jobsched.jobs SET due = greatest(due - $1::bigint, fire_time)"
    " WHERE fire_time IS NOT NULL AND token IS NULL";
constexpr auto kNextRetry =
    "SELECT min(due) FROM jobsched.jobs WHERE fire_time IS NOT NULL AND token IS NULL";

// A delivery is given with the last attempt that was made.
constexpr auto kRecurringJobs =
    "SELECT j.id, a.name, j.url, j.signature, j.content_type, j.data, j.\"when\", j.cron, j.next,"
    " j.timezone, j.misfire, j.paused, j.pause_reason, j.epoch, j.name, j.method, j.headers,"
    " j.timeout, j.attempts, j.backoff, j.account, j.fire_time, j.fired_in,"
    " j.attempt - CASE WHEN j.token IS NULL THEN 1 ELSE 0 END"
    " FROM jobsched.jobs j JOIN jobsched.accounts a ON a.id = j.account"
    " WHERE j.cron IS NOT NULL AND j.id > $1::uuid ORDER BY j.id LIMIT $2::bigint FOR UPDATE OF j";

enum Column { kAccount = kJobColumns, kFireTime, kFiredIn, kAttempt };

constexpr auto kRearm =
    "UPDATE jobsched.jobs j SET epoch = j.epoch + 1, next = v.next,"
    " due = CASE WHEN j.fire_time IS NULL OR v.ended THEN v.next ELSE j.due END,"
    " fire_time = CASE WHEN NOT v.ended THEN j.fire_time END,"
    " fired_in = CASE WHEN NOT v.ended THEN j.fired_in END,"
    " attempt = CASE WHEN NOT v.ended THEN j.attempt END,"
    " token = CASE WHEN NOT v.ended THEN j.token END,"
    " holder = CASE WHEN NOT v.ended THEN j.holder END,"
    " until = CASE WHEN NOT v.ended THEN j.until END"
    " FROM unnest($1::bigint[], $2::uuid[], $3::bigint[], $4::boolean[])"
    " AS v (account, id, next, ended) WHERE j.account = v.account AND j.id = v.id";

}  // namespace

Rearmed Rearmer::rearm(const Rearming& rearming) {
  if (!rearming.after) {
    if (transaction_.database_clock && !is_due(rearming)) return {};
    begin(rearming);
  }
  const Rows rows =
      transaction_.connection.run(kRecurringJobs, rearming.after.value_or(JobId{}), kStep);
  std::array<Array, 4> columns;
  rows.each([&](const Rows::Row& row) {
    const Result<Job> job = read_job(row, transaction_.zones);
    // One that cannot be read is found out when it is due.
    if (!job) return;
    const auto next = jobsched::rearm(*job, rearming.before, rearming.now);
    if (!next) return;
    const std::int64_t account = row.number(kAccount);
    const auto fire_time = row.optional_instant(kFireTime);
    const bool ended = fire_time && *fire_time > rearming.now;
    if (ended) {
      const Delivery delivery{job->id, *fire_time, static_cast<std::uint32_t>(row.number(kAttempt)),
                              static_cast<std::uint32_t>(row.number(kFiredIn))};
      transaction_.log.note_end(account, delivery, DeliveryState::kSuperseded,
                                "the clock was set back before its fire time", rearming.now);
    }
    auto& [accounts, ids, nexts, ends] = columns;
    accounts.add(account);
    ids.add(job->id);
    nexts.add(*next);
    ends.add(ended);
    ++done_.jobs;
    done_.next_due = earlier(done_.next_due, next);
  });
  if (done_.jobs > 0) {
    std::apply([&](const auto&... all) { transaction_.connection.queue(kRearm, all...); }, columns);
  }
  if (rows.size() == kStep) {
    done_.rest_after = rows[rows.size() - 1].id(0);
  } else {
    transaction_.connection.queue(kSetLastClaim, rearming.now);
  }
  return done_;
}

// Not if the database's clock has gone on, or another instance has been here.
bool Rearmer::is_due(const Rearming& rearming) {
  const Rows rows = transaction_.connection.run(kClocks);
  if (rows.empty()) return false;
  const auto last_claim = rows[0].optional_instant(0);
  const Instant now = rows[0].instant(1);
  return now < rearming.before - kCorrected && last_claim && now < *last_claim;
}

void Rearmer::begin(const Rearming& rearming) {
  transaction_.connection.queue(kBringRetriesForward,
                                std::int64_t{(rearming.before - rearming.now).count()});
  const Rows rows = transaction_.connection.run(kNextRetry);
  done_.next_due = rows[0].optional_instant(0);
  if (transaction_.database_clock) transaction_.connection.run(kSetLastClaim, rearming.now);
}

}  // namespace jobsched::pg
