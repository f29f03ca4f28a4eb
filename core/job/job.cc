#include "core/job/job.h"

namespace jobsched {

std::optional<Instant> next_fire_time(const Schedule& schedule, Instant after) {
  if (const Once* once = std::get_if<Once>(&schedule)) {
    return once->when > after ? std::optional{once->when} : std::nullopt;
  }
  if (lacks_zone(schedule)) return std::nullopt;
  const Recurring& recurring = std::get<Recurring>(schedule);
  return recurring.cron.next(after, *recurring.zone);
}

std::optional<Instant> first_fire_time(const JobSpec& spec, Instant now) {
  return spec.paused ? std::nullopt : next_fire_time(spec.schedule, now);
}

bool lacks_zone(const Schedule& schedule) {
  const Recurring* recurring = std::get_if<Recurring>(&schedule);
  return recurring != nullptr && !recurring->zone;
}

std::string missing_zone_reason(const std::string& timezone) {
  return "this machine has no time zone " + timezone +
         "; the job goes on once it is installed (package tzdata), or give the job another one";
}

}  // namespace jobsched
