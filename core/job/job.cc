#include "core/job/job.h"

namespace jobsched {

std::optional<Instant> next_fire_time(const Schedule& schedule, Instant after) {
  if (const Once* once = std::get_if<Once>(&schedule)) {
    return once->when > after ? std::optional{once->when} : std::nullopt;
  }
  return std::get<Recurring>(schedule).cron.next(after);
}

}  // namespace jobsched
