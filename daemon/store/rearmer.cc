#include "daemon/store/rearmer.h"

#include <utility>

#include "core/job/rearm.h"
#include "daemon/store/connection.h"
#include "daemon/store/statements.h"

namespace jobsched::sql {

namespace {

// Jobs of one step: what they take of the disk's time others wait for.
constexpr std::int64_t kStep = 1'000;

}  // namespace

Rearmer::Rearmer(SQLite::Database& database, AttemptLog& log, ZoneLookup zones)
    : log_(log),
      zones_(std::move(zones)),
      recurring_jobs_(database, kRecurringJobs),
      load_job_(database, kLoadJob),
      rearm_job_(database, kRearmJob),
      end_later_delivery_(database, kEndLaterDelivery),
      bring_retries_forward_(database, kBringRetriesForward),
      next_retry_(database, kNextRetry),
      set_last_claim_(database, kSetLastClaim) {}

Rearmed Rearmer::rearm(const Rearming& rearming) {
  Rearmed done;
  if (!rearming.after) {
    Run(bring_retries_forward_, (rearming.before - rearming.now).count()).change();
    Run run(next_retry_, Instant::min());
    if (run.step()) done.next_due = run.instant(0);
  }
  const std::vector<JobKey> keys = jobs_after(rearming.after.value_or(JobId{}));
  for (const JobKey& key : keys)
    rearm(key, rearming, done);
  if (keys.size() == kStep) {
    done.rest_after = keys.back().id;
  } else {
    Run(set_last_claim_, rearming.now).change();
  }
  return done;
}

std::vector<JobKey> Rearmer::jobs_after(const JobId& id) {
  Run run(recurring_jobs_, id, kStep);
  return read_keys(run);
}

void Rearmer::rearm(const JobKey& key, const Rearming& rearming, Rearmed& done) {
  const Result<Job> job = load_job(load_job_, key, zones_);
  // One that cannot be read is found out when it is due.
  if (!job) return;
  const std::optional<Instant> next = jobsched::rearm(*job, rearming.before, rearming.now);
  if (!next) return;
  const bool ended = log_.end_dropped(Run(end_later_delivery_, key.id, rearming.now), key.account,
                                      key.id, DeliveryState::kSuperseded,
                                      "the clock was set back before its fire time", rearming.now);
  Run(rearm_job_, key.account, key.id, *next, std::int64_t{ended ? 1 : 0}).change();
  ++done.jobs;
  done.next_due = earlier(done.next_due, next);
}

}  // namespace jobsched::sql
