#include "daemon/store/claimer.h"

#include <algorithm>
#include <bit>
#include <iterator>
#include <utility>

#include "daemon/store/connection.h"
#include "daemon/store/full_target.h"
#include "daemon/store/job_row.h"
#include "daemon/store/misfire_text.h"
#include "daemon/store/statements.h"

namespace jobsched::sql {

namespace {

// Due jobs held up by an outstanding delivery that one call sets aside: each is met once, but
// after a long stop there may be many.
constexpr std::size_t kMaxParked = 1'024;

// One in so many claims is for what came due last, when there is more than can be claimed.
constexpr std::size_t kLatestShare = 4;

// A job's own timeout may be longer than the daemon's.
Instant lease_end(Instant now, const Claimant& claimant, const JobSpec& spec) {
  return now + claimant.lease + spec.timeout.value_or(std::chrono::seconds{0});
}

std::optional<Instant> first_due(Run run) {
  if (!run.step()) return std::nullopt;
  return run.instant(0);
}

}  // namespace

// Tokens start anew with each run: leases of an earlier run have been released, and nobody is left
// to record them.
Claimer::Claimer(SQLite::Database& database,
                 Accounts& accounts,
                 AttemptLog& log,
                 ZoneLookup zones,
                 std::function<void(const Error&)> damaged)
    : accounts_(accounts),
      log_(log),
      zones_(std::move(zones)),
      damaged_(std::move(damaged)),
      due_jobs_(database, kDueJobs),
      latest_jobs_(database, kLatestJobs),
      due_deliveries_(database, kDueDeliveries),
      next_due_job_(database, kNextDueJob),
      next_due_delivery_(database, kNextDueDelivery),
      load_job_(database, kLoadJob),
      fire_job_(database, kFireJob),
      skip_job_(database, kSkipJob),
      park_job_(database, kParkJob),
      pause_job_(database, kPauseJob),
      add_delivery_(database, kAddDelivery),
      lease_delivery_(database, kLeaseDelivery),
      wait_delivery_(database, kWaitDelivery),
      put_off_delivery_(database, kPutOffDelivery),
      purge_never_firing_(database, kPurgeNeverFiring),
      drop_deliveries_(database, kDropDeliveries),
      note_claim_(database, kNoteClaim) {}

Claims Claimer::claim(Instant now, std::size_t limit, Millis misfire_threshold, Claimant claimant) {
  const auto holder = std::bit_cast<std::int64_t>(claimant.instance);
  const std::vector<Due> deliveries = due_deliveries(now, limit, holder);
  const std::vector<Due> jobs = due_jobs(now, limit);
  std::vector<Due> due;
  std::ranges::merge(deliveries, jobs, std::back_inserter(due), {}, &Due::due, &Due::due);
  if (due.size() >= limit) {
    due.resize(limit);
    if (limit > 0) make_room_for_latest(due, now);
  }

  Claims found;
  found.claims.reserve(due.size());
  for (const Due& item : due) {
    if (item.attempt == 0) {
      fire_job(item, now, misfire_threshold, claimant, found);
    } else {
      lease(item, now, claimant, found);
    }
  }
  if (!due.empty()) Run(note_claim_, now).change();
  found.next_due = next_due(holder);
  return found;
}

// `due` is as much as can be claimed; perhaps there is more.
void Claimer::make_room_for_latest(std::vector<Due>& due, Instant now) {
  std::vector<Due> latest;
  {
    Run run(latest_jobs_, now, due.back().due,
            static_cast<std::int64_t>(due.size() / kLatestShare));
    while (run.step()) {
      if (run.number(3) == 0) latest.push_back({run.instant(0), run.number(1), run.id(2)});
    }
  }
  due.resize(due.size() - latest.size());
  due.insert(due.end(), latest.rbegin(), latest.rend());
}

std::vector<Claimer::Due> Claimer::due_jobs(Instant now, std::size_t limit) {
  std::vector<Due> due;
  std::vector<Due> held_up;
  {
    Run run(due_jobs_, now);
    while (due.size() < limit && held_up.size() < kMaxParked && run.step()) {
      const bool outstanding = run.number(3) != 0;
      (outstanding ? held_up : due).push_back({run.instant(0), run.number(1), run.id(2)});
    }
  }
  for (const Due& job : held_up) {
    Run(park_job_, job.account, job.job).change();
  }
  return due;
}

std::vector<Claimer::Due> Claimer::due_deliveries(Instant now,
                                                  std::size_t limit,
                                                  std::int64_t holder) {
  std::vector<Due> due;
  const auto at_most = static_cast<std::int64_t>(std::min(limit, std::size_t{INT32_MAX}));
  Run run(due_deliveries_, now, holder, at_most);
  while (run.step()) {
    due.push_back({run.instant(0), run.number(1), run.id(2), run.instant(3),
                   static_cast<std::uint32_t>(run.number(4)),
                   static_cast<std::uint32_t>(run.number(5))});
  }
  return due;
}

void Claimer::fire_job(
    const Due& due, Instant now, Millis misfire_threshold, Claimant& claimant, Claims& found) {
  std::optional<Job> job = load(due, now);
  if (!job) return;
  if (lacks_zone(job->spec.schedule)) {
    const std::string reason = missing_zone_reason(job->spec.timezone.value_or(""));
    Run(pause_job_, due.account, due.job, reason).change();
    return;
  }
  const Firing firing = fire(*job, now, misfire_threshold);
  if (!firing.fire_time) {
    skip_job(due, *job, firing, now, found);
    return;
  }
  Run(fire_job_, due.account, due.job, firing.next, *firing.fire_time).change();
  if (firing.made_up_for) {
    log_.note_end(due.account, {due.job, *firing.made_up_for, 0, job->epoch},
                  DeliveryState::kSkipped, made_up_for_text(*firing.fire_time, now), now);
  }
  job->next = firing.next;
  claim_firing(due, *std::move(job), *firing.fire_time, now, claimant, found);
}

void Claimer::claim_firing(
    const Due& due, Job job, Instant fire_time, Instant now, Claimant& claimant, Claims& found) {
  const Delivery delivery{due.job, fire_time, 1, job.epoch};
  ++found.fired;
  if (FullTarget* full = find_full(claimant, job)) {
    const Instant later = full->take_slot();
    Run(wait_delivery_, due.job, fire_time, due.account, std::int64_t{1},
        std::int64_t{delivery.epoch}, later)
        .change();
    found.deferred.push_back({delivery, full->target, later});
    return;
  }
  const std::uint64_t token = ++last_token_;
  Run(add_delivery_, due.job, fire_time, due.account, std::int64_t{delivery.epoch},
      lease_end(now, claimant, job.spec), std::bit_cast<std::int64_t>(token),
      std::bit_cast<std::int64_t>(claimant.instance))
      .change();
  found.claims.push_back({delivery, token, std::move(job)});
}

void Claimer::skip_job(
    const Due& due, const Job& job, const Firing& firing, Instant now, Claims& found) {
  Run(skip_job_, due.account, due.job, firing.next).change();
  found.skipped.push_back({due.job, *job.next});
  log_.note_end(due.account, {due.job, *job.next, 0, job.epoch}, DeliveryState::kSkipped,
                skipped_text(*job.next, now), now);
  if (!firing.next && Run(purge_never_firing_, due.account, due.job).change() > 0) {
    accounts_.count(due.account, -1);
  }
}

void Claimer::lease(const Due& due, Instant now, Claimant& claimant, Claims& found) {
  std::optional<Job> job = load(due, now);
  if (!job) return;
  const Delivery delivery{due.job, due.fire_time, due.attempt, due.epoch};
  if (FullTarget* full = find_full(claimant, *job)) {
    const Instant later = full->take_slot();
    Run(put_off_delivery_, due.job, due.fire_time, later).change();
    found.deferred.push_back({delivery, full->target, later});
    return;
  }
  const std::uint64_t token = ++last_token_;
  Run(lease_delivery_, due.job, due.fire_time, lease_end(now, claimant, job->spec),
      std::bit_cast<std::int64_t>(token), std::bit_cast<std::int64_t>(claimant.instance))
      .change();
  found.claims.push_back({delivery, token, *std::move(job)});
}

// Reads a job to be sent. One that cannot be read is left as it is for whoever repairs it, but no
// longer due, and so is its delivery.
std::optional<Job> Claimer::load(const Due& due, Instant now) {
  Result<Job> job = [&]() -> Result<Job> {
    Run run(load_job_, due.account, due.job);
    if (!run.step()) {
      return fail(ErrorKind::kInternal,
                  "the delivery of job " + format_job_id(due.job) + " has lost its job");
    }
    return read_job(run, zones_);
  }();
  if (job) return *std::move(job);
  Run(park_job_, due.account, due.job).change();
  log_.end_dropped(Run(drop_deliveries_, due.job), due.account, due.job, DeliveryState::kExhausted,
                   "the stored job cannot be read", now);
  damaged_(job.error());
  return std::nullopt;
}

std::optional<Instant> Claimer::next_due(std::int64_t holder) {
  const std::optional<Instant> job = first_due(Run(next_due_job_, Instant::min()));
  const std::optional<Instant> delivery =
      first_due(Run(next_due_delivery_, Instant::min(), holder));
  if (!job || !delivery) return job ? job : delivery;
  return std::min(*job, *delivery);
}

}  // namespace jobsched::sql
