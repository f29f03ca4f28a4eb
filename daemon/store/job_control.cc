#include "daemon/store/job_control.h"

#include <algorithm>
#include <utility>

#include "core/delivery/by_hand.h"
#include "daemon/store/connection.h"
#include "daemon/store/job_row.h"
#include "daemon/store/log_statements.h"
#include "daemon/store/refusals.h"
#include "daemon/store/statements.h"

namespace jobsched::sql {

JobControl::JobControl(SQLite::Database& database, Accounts& accounts, ZoneLookup zones)
    : accounts_(accounts),
      zones_(std::move(zones)),
      log_(database),
      find_job_(database, kFindJob),
      pause_job_(database, kPauseJob),
      resume_job_(database, kResumeJob),
      outstanding_(database, kOutstandingOfJob),
      wait_delivery_(database, kWaitDelivery),
      hasten_delivery_(database, kHastenDelivery),
      note_firing_(database, kNoteFiring),
      free_retired_name_(database, kFreeRetiredName),
      unretire_job_(database, kUnretireJob),
      drop_retired_(database, kDropRetired) {}

Result<Job> JobControl::find(const std::string& account, const JobId& id) {
  Run run(find_job_, account, id);
  if (!run.step()) return no_such_job(id);
  return read_job(run, zones_);
}

Result<void> JobControl::expect(const std::string& account,
                                const JobId& id,
                                const JobVersions& versions) {
  if (versions.empty()) return {};
  return find(account, id).and_then([&](const Job& job) -> Result<void> {
    if (is_expected(versions, job.spec)) return {};
    return changed_meanwhile(id);
  });
}

Result<void> JobControl::expect_none_outstanding(std::int64_t account, const JobId& id) {
  Run run(outstanding_, id, account);
  if (!run.step()) return {};
  return another_outstanding({id, run.instant(0), 1, static_cast<std::uint32_t>(run.number(1))});
}

Result<LoggedDelivery> JobControl::fire_now(const std::string& account,
                                            const JobId& id,
                                            Instant now) {
  const Result<Job> job = find(account, id);
  if (!job) return tl::unexpected(job.error());
  const std::int64_t row = *accounts_.find(account);
  if (auto none = expect_none_outstanding(row, id); !none) return tl::unexpected(none.error());
  const Delivery delivery = fire_by_hand(
      *job, now, [&](const Delivery& one) { return log_.find(account, one).has_value(); });
  Run(wait_delivery_, id, delivery.fire_time, row, std::int64_t{1}, std::int64_t{delivery.epoch},
      delivery.fire_time)
      .change();
  Run(note_firing_, row, id, delivery.fire_time).change();
  return LoggedDelivery{.delivery = delivery, .account = account, .due = delivery.fire_time};
}

Result<Job> JobControl::pause(const std::string& account, const JobId& id) {
  Result<Job> job = find(account, id);
  if (!job) return job;
  if (!job->spec.paused && !job->next) {
    return nothing_to_pause(id);
  }
  Run(pause_job_, *accounts_.find(account), id, kNull).change();
  job->spec.paused = true;
  job->pause_reason.reset();
  job->next.reset();
  return job;
}

Result<Job> JobControl::resume(const std::string& account, const JobId& id, Instant now) {
  Result<Job> job = find(account, id);
  if (!job || !job->spec.paused) return job;
  const Result<Instant> next = next_of_resumed(*job, now);
  if (!next) return tl::unexpected(next.error());
  Run(resume_job_, *accounts_.find(account), id, *next).change();
  job->spec.paused = false;
  job->pause_reason.reset();
  job->next = *next;
  return job;
}

Result<LoggedDelivery> JobControl::retry(const std::string& account,
                                         const Delivery& key,
                                         Instant now) {
  std::optional<LoggedDelivery> delivery = log_.find(account, key);
  if (!delivery) return no_such_delivery(key);
  const std::int64_t row = *accounts_.find(account);
  Result<void> done;
  switch (delivery->state) {
    case DeliveryState::kWaiting: done = hasten(*delivery, now); break;
    case DeliveryState::kExhausted:
    case DeliveryState::kSuperseded: done = begin_again(row, *delivery, now); break;
    default: done = not_to_be_repeated(*delivery);
  }
  if (!done) return tl::unexpected(done.error());
  return *log_.find(account, key);
}

// Not before its fire time, which lies ahead if the clock was set back.
Result<void> JobControl::hasten(const LoggedDelivery& delivery, Instant now) {
  const auto& [job, fire_time, attempt, epoch] = delivery.delivery;
  Run(hasten_delivery_, job, fire_time, std::max(now, fire_time)).change();
  return {};
}

Result<void> JobControl::begin_again(std::int64_t account,
                                     const LoggedDelivery& delivery,
                                     Instant now) {
  const auto& [job, fire_time, attempt, epoch] = delivery.delivery;
  if (auto none = expect_none_outstanding(account, job); !none) return none;
  if (!find(delivery.account, job)) {
    if (auto back = unretire(account, job); !back) return not_to_be_repeated(delivery);
  }
  Run(wait_delivery_, job, fire_time, account, std::int64_t{attempt} + 1, std::int64_t{epoch},
      std::max(now, fire_time))
      .change();
  return {};
}

Result<void> JobControl::unretire(std::int64_t account, const JobId& id) {
  Run(free_retired_name_, account, id).change();  // another job may have taken it
  if (Run(unretire_job_, account, id).change() == 0) return no_such_job(id);
  Run(drop_retired_, account, id).change();
  accounts_.count(account, 1);
  return {};
}

}  // namespace jobsched::sql
