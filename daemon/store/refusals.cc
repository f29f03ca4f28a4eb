#include "daemon/store/refusals.h"

#include "core/text/utf8.h"

namespace jobsched {

tl::unexpected<Error> no_such_job(const JobId& id) {
  return fail(ErrorKind::kNotFound, "there is no job " + format_job_id(id));
}

tl::unexpected<Error> exists_already(const JobId& id) {
  return fail(ErrorKind::kConflict, "job " + format_job_id(id) + " exists already");
}

tl::unexpected<Error> name_taken(const std::string& name, const JobId& by) {
  return fail(ErrorKind::kConflict,
              "job " + format_job_id(by) + " has the name " + quote(name) +
                  " already; choose another one, or change that job",
              "name");
}

tl::unexpected<Error> nothing_to_pause(const JobId& id) {
  return fail(ErrorKind::kConflict,
              "job " + format_job_id(id) + " has no fire time left, so there is nothing to pause");
}

Result<Instant> next_of_resumed(const Job& job, Instant now) {
  const Schedule& schedule = job.spec.schedule;
  if (lacks_zone(schedule)) {
    return fail(ErrorKind::kConflict, missing_zone_reason(job.spec.timezone.value_or("")));
  }
  const Once* const once = std::get_if<Once>(&schedule);
  const std::optional<Instant> next = once != nullptr ? once->when : next_fire_time(schedule, now);
  if (next) return *next;
  return fail(ErrorKind::kConflict,
              "job " + format_job_id(job.id) +
                  " has no fire time left; delete it, or replace it with another schedule");
}

Result<void> check_room(const std::string& account, std::int64_t jobs, std::uint64_t most) {
  if (jobs < 0 || static_cast<std::uint64_t>(jobs) < most) return {};
  return fail(ErrorKind::kForbidden,
              "the account " + account + " has " + std::to_string(jobs) + " jobs, and " +
                  std::to_string(most) +
                  " is as many as limits.jobs_per_account lets it have; delete some first");
}

tl::unexpected<Error> no_such_delivery(const Delivery& delivery) {
  return fail(ErrorKind::kNotFound, "there is no delivery " + format_delivery_id(delivery) +
                                        "; the log may have forgotten it");
}

tl::unexpected<Error> another_outstanding(const Delivery& delivery) {
  return fail(ErrorKind::kConflict, "delivery " + format_delivery_id(delivery) +
                                        " of the job is outstanding, and a job has one at a time; "
                                        "wait for its end, or retry that one to hasten it");
}

tl::unexpected<Error> not_to_be_repeated(const LoggedDelivery& delivery) {
  const std::string id = format_delivery_id(delivery.delivery);
  switch (delivery.state) {
    case DeliveryState::kInFlight:
      return fail(ErrorKind::kConflict,
                  "an attempt of delivery " + id + " is under way; wait for its end");
    case DeliveryState::kAccepted:
      return fail(ErrorKind::kConflict,
                  "delivery " + id + " was accepted; fire its job for another delivery");
    case DeliveryState::kSkipped:
      return fail(ErrorKind::kConflict,
                  "delivery " + id + " was skipped; fire its job for another delivery");
    default:
      return fail(ErrorKind::kConflict,
                  "delivery " + id + " cannot be repeated: its job was deleted");
  }
}

tl::unexpected<Error> no_such_account(const std::string& name) {
  return fail(ErrorKind::kNotFound,
              "there is no account " + name + "; `jobsched account list` shows all");
}

tl::unexpected<Error> account_gone(const std::string& name) {
  return fail(ErrorKind::kForbidden, "there is no account " + name + " any more");
}

tl::unexpected<Error> account_exists(const std::string& name) {
  return fail(ErrorKind::kConflict, "there is an account " + name +
                                        " already; `jobsched account rotate` gives it another key");
}

tl::unexpected<Error> account_has_jobs(const std::string& name, std::int64_t jobs) {
  return fail(ErrorKind::kConflict,
              "the account " + name + " has " + std::to_string(jobs) +
                  " jobs; delete them first, or remove it with all that it has by --force");
}

tl::unexpected<Error> last_account() {
  return fail(ErrorKind::kConflict,
              "it is the last account, and without accounts everybody who reaches the daemon may "
              "use it; add another account first, or let the daemon listen on this machine only");
}

tl::unexpected<Error> damaged_secret() {
  return fail(ErrorKind::kInternal,
              "a signing secret in the store is damaged; make a new one with "
              "`jobsched secret rotate`");
}

tl::unexpected<Error> key_of_another_request(const std::string& key) {
  return fail(ErrorKind::kInvalid,
              "the Idempotency-Key " + quote(key) +
                  " was given with another request within the last 24 hours; send that one again "
                  "as it was, or give this one a key of its own");
}

}  // namespace jobsched
