#include "daemon/store/postgres/claimer.h"

#include <algorithm>
#include <bit>
#include <set>
#include <utility>

#include "daemon/store/full_target.h"
#include "daemon/store/misfire_text.h"
#include "daemon/store/postgres/job_row.h"
#include "daemon/store/postgres/secrets_reader.h"

namespace jobsched::pg {

namespace {

// One in so many claims is for what came due last, when there is more than can be claimed.
constexpr std::size_t kLatestShare = 4;

// How soon an instance looks again for what others have created, or left behind.
constexpr Millis kLook{1'000};

// Below, $1 is the time, or NULL for the database's own when the transaction began: all statements
// of a claim agree on it. $2 is the holder, whose own leases are left out: it knows of them.
constexpr auto kClock =
    "WITH clock AS MATERIALIZED (SELECT coalesce($1::bigint,"
    " floor(extract(epoch FROM transaction_timestamp()) * 1000)::bigint) AS now)";

// $3 is how many to claim, $4 how long a lease holds.
//
// Nothing changes that is in an index: where its page has room for the new row, no index learns of
// it.
std::string claim_statement(const char* which) {
  return std::string(kClock) +
         ", picked AS MATERIALIZED (SELECT ctid AS place, account, next, fired,"
         " fire_time IS NULL AS fires FROM jobsched.jobs"
         " WHERE due <= (SELECT now FROM clock) AND holder IS DISTINCT FROM $2::bigint"
         " AND (until IS NULL OR until <= (SELECT now FROM clock)) " +
         which +
         " LIMIT $3::bigint FOR UPDATE SKIP LOCKED)"
         " UPDATE jobsched.jobs j SET fire_time = coalesce(j.fire_time, j.next),"
         " fired_in = coalesce(j.fired_in, j.epoch), attempt = coalesce(j.attempt, 1),"
         " fired = CASE WHEN p.fires THEN greatest(j.fired, j.next) ELSE j.fired END,"
         " next = CASE WHEN p.fires THEN NULL ELSE j.next END,"
         " token = nextval('jobsched.tokens'), holder = $2::bigint,"
         " until = clock.now + $4::bigint + coalesce(j.timeout, 0) * 1000"
         " FROM picked p, clock, jobsched.accounts a"
         " WHERE j.ctid = p.place AND a.id = p.account"
         " RETURNING j.id, a.name, j.url, j.signature, j.content_type, j.data, j.\"when\", j.cron,"
         " p.next, j.timezone, j.misfire, j.paused, j.pause_reason, j.epoch, j.name, j.method,"
         " j.headers, j.timeout, j.attempts, j.backoff,"
         " j.account, j.due, p.fires, p.fired, j.fire_time, j.fired_in, j.attempt, j.token,"
         " clock.now";
}

constexpr auto kOldest = "ORDER BY due";
constexpr auto kLatest = "AND fire_time IS NULL ORDER BY due DESC";

enum ClaimColumn {
  kAccount = kJobColumns,
  kDue,
  kFires,
  kFired,
  kFireTime,
  kFiredIn,
  kAttempt,
  kToken,
  kNow
};

// When there is something to claim next. What is due and still free is looked for only if there may
// be some; and only who has nothing to do asks when a lease of another one ends: who is busy comes
// by soon enough. $3 and $4 say whether.
std::string next_due_statement() {
  return std::string(kClock) +
         " SELECT least((SELECT due FROM jobsched.jobs WHERE due > (SELECT now FROM clock)"
         " ORDER BY due LIMIT 1), CASE WHEN $3::boolean THEN (SELECT due FROM jobsched.jobs"
         " WHERE due <= (SELECT now FROM clock) AND holder IS NULL ORDER BY due LIMIT 1) END,"
         " CASE WHEN $4::boolean THEN (SELECT min(until) FROM jobsched.jobs"
         " WHERE due <= (SELECT now FROM clock) AND holder <> $2::bigint) END),"
         " EXISTS (SELECT FROM jobsched.signing_secrets)";  // most databases have none
}

constexpr auto kNoteClaim =
    "UPDATE jobsched.clock SET last_claim = $1::bigint WHERE last_claim IS NULL"
    " OR last_claim <= $1::bigint - 60000";

}  // namespace

// A job that is due to fire, or a delivery that is due for an attempt: as it was, with the lease
// that it has now.
struct Claimer::Due {
  std::int64_t account;
  Instant due;
  bool fires;
  std::optional<Instant> fired;  // before
  Delivery delivery;
  std::int64_t token;
  Instant now;
  Result<Job> job;  // with the next fire time of before
};

Claimer::Claimer(Transaction& transaction, Leases& leases, Claimant claimant)
    : transaction_(transaction), leases_(leases), claimant_(std::move(claimant)) {}

Claims Claimer::claim(Instant now, std::size_t limit, Millis misfire_threshold) {
  const auto given = transaction_.database_clock ? std::nullopt : std::optional{now};
  std::vector<Due> all = take_due(given, limit);
  const Instant then = all.empty() ? now : all.front().now;
  for (Due& due : all) {
    if (!due.job) {
      put_aside(due, due.job.error());
    } else if (due.fires) {
      Job job = *std::move(due.job);
      fire_job(std::move(due), std::move(job), misfire_threshold);
    } else {
      Job job = *std::move(due.job);
      attempt_again(due, std::move(job));
    }
  }
  if (!all.empty()) transaction_.connection.queue(kNoteClaim, then);
  corrections_.queue(transaction_.connection);
  const Rows next = transaction_.connection.run(next_due_statement().c_str(), given,
                                                std::bit_cast<std::int64_t>(claimant_.instance),
                                                all.size() == limit, all.empty());
  found_.next_due = next[0].optional_instant(0);
  if (transaction_.database_clock) found_.next_due = earlier(found_.next_due, then + kLook);
  if (next[0].flag(1)) add_secrets(then);
  return std::move(found_);
}

std::vector<Claimer::Due> Claimer::take_due(std::optional<Instant> now, std::size_t limit) {
  std::vector<Due> all;
  const auto take = [&](const char* which, std::size_t most) {
    const std::size_t before = all.size();
    if (most > 0) take_some(which, now, most, all);
    return all.size() - before == most;
  };
  const std::size_t latest = limit / kLatestShare;
  if (take(kOldest, limit - latest) && !take(kLatest, latest)) take(kOldest, limit - all.size());
  // Of those that are due at once, the one that was created first.
  std::ranges::sort(all, {}, [](const Due& one) { return std::pair(one.due, one.delivery.job); });
  return all;
}

// Adds to `all`.
void Claimer::take_some(const char* which,
                        std::optional<Instant> now,
                        std::size_t most,
                        std::vector<Due>& all) {
  const Rows rows = transaction_.connection.run(
      claim_statement(which).c_str(), now, std::bit_cast<std::int64_t>(claimant_.instance),
      static_cast<std::int64_t>(std::min(most, std::size_t{INT32_MAX})),
      std::int64_t{claimant_.lease.count()});
  rows.each([&](const Rows::Row& row) {
    all.push_back(
        {row.number(kAccount),
         row.instant(kDue),
         row.flag(kFires),
         row.optional_instant(kFired),
         {row.id(0), row.instant(kFireTime), static_cast<std::uint32_t>(row.number(kAttempt)),
          static_cast<std::uint32_t>(row.number(kFiredIn))},
         row.number(kToken),
         row.instant(kNow),
         read_job(row, transaction_.zones)});
  });
}

void Claimer::fire_job(Due&& due, Job job, Millis misfire_threshold) {
  if (lacks_zone(job.spec.schedule)) {
    corrections_.add({.account = due.account,
                      .id = job.id,
                      .next = {},
                      .fired = due.fired,
                      .fire_time = {},
                      .due = {},
                      .pause_reason = missing_zone_reason(job.spec.timezone.value_or(""))});
    return;
  }
  const Firing firing = fire(job, due.now, misfire_threshold);
  if (!firing.fire_time) {
    skip_job(due, job, firing);
    return;
  }
  if (firing.made_up_for) {
    transaction_.log.note_end(due.account, {job.id, *firing.made_up_for, 0, job.epoch},
                              DeliveryState::kSkipped, made_up_for_text(*firing.fire_time, due.now),
                              due.now);
  }
  ++found_.fired;
  due.delivery.fire_time = *firing.fire_time;
  if (put_off(due, job, firing.next, *firing.fire_time)) return;
  if (firing.next || firing.fire_time != job.next) {
    corrections_.add({.account = due.account,
                      .id = job.id,
                      .next = firing.next,
                      .fired = std::max(due.fired.value_or(*firing.fire_time), *firing.fire_time),
                      .fire_time = firing.fire_time,
                      .due = {},
                      .leased = true});
  }
  job.next = firing.next;
  hold(due, std::move(job));
}

void Claimer::skip_job(const Due& due, const Job& job, const Firing& firing) {
  found_.skipped.push_back({job.id, *job.next});
  transaction_.log.note_end(due.account, {job.id, *job.next, 0, job.epoch}, DeliveryState::kSkipped,
                            skipped_text(*job.next, due.now), due.now);
  if (!firing.next) {
    corrections_.remove(due.account, job.id);
    transaction_.accounts.count(due.account, -1);
    return;
  }
  corrections_.add({.account = due.account,
                    .id = job.id,
                    .next = firing.next,
                    .fired = due.fired,
                    .fire_time = {},
                    .due = firing.next});
}

void Claimer::attempt_again(const Due& due, Job job) {
  if (put_off(due, job, job.next, due.delivery.fire_time)) return;
  hold(due, std::move(job));
}

void Claimer::hold(const Due& due, Job job) {
  leases_.begin(due.token, {.account = due.account,
                            .holder = std::bit_cast<std::int64_t>(claimant_.instance),
                            .last = !job.next && !job.spec.paused});
  found_.claims.push_back({due.delivery, std::bit_cast<std::uint64_t>(due.token), std::move(job)});
}

// Puts the delivery off if its target is full; says whether it is.
bool Claimer::put_off(const Due& due,
                      const Job& job,
                      std::optional<Instant> next,
                      Instant fire_time) {
  FullTarget* const full = find_full(claimant_, job);
  if (full == nullptr) return false;
  const Instant later = full->take_slot();
  const auto fired =
      due.fires ? std::optional{std::max(due.fired.value_or(fire_time), fire_time)} : due.fired;
  corrections_.add({.account = due.account,
                    .id = job.id,
                    .next = next,
                    .fired = fired,
                    .fire_time = fire_time,
                    .due = later});
  found_.deferred.push_back({due.delivery, full->target, later});
  return true;
}

// One that cannot be read is left as it is for whoever repairs it, but no longer due, and so is its
// delivery.
void Claimer::put_aside(const Due& due, const Error& error) {
  corrections_.add({.account = due.account,
                    .id = due.delivery.job,
                    .next = due.fires ? std::optional{due.delivery.fire_time} : std::nullopt,
                    .fired = due.fired,
                    .fire_time = {},
                    .due = {}});
  if (!due.fires) {
    Delivery ended = due.delivery;
    --ended.attempt;  // the last one that was made
    transaction_.log.note_end(due.account, ended, DeliveryState::kExhausted,
                              "the stored job cannot be read", due.now);
  }
  transaction_.damaged(error);
}

void Claimer::add_secrets(Instant now) {
  std::set<std::string> accounts;
  for (const Claim& claim : found_.claims)
    accounts.insert(claim.job.account);
  const SecretsOfAccounts all =
      read_secrets(transaction_.connection, std::vector(accounts.begin(), accounts.end()), now);
  for (const auto& [account, secrets] : all) {
    if (!secrets) transaction_.damaged(secrets.error());
  }
  for (Claim& claim : found_.claims) {
    const auto of = all.find(claim.job.account);
    if (of == all.end() || !of->second) continue;
    for (const AccountSecret& one : *of->second)
      claim.secrets.push_back(one.secret);
  }
}

}  // namespace jobsched::pg
