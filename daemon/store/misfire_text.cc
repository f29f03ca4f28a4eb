#include "daemon/store/misfire_text.h"

#include <chrono>

#include "core/time/duration.h"
#include "core/time/iso8601.h"

namespace jobsched {

std::string made_up_for_text(Instant fire_time, Instant now) {
  return "the delivery of " + format_instant(fire_time) +
         " makes up for this and all fire times until " + format_instant(now);
}

std::string skipped_text(Instant missed, Instant now) {
  const auto late = std::chrono::floor<std::chrono::seconds>(now - missed);
  return "the fire time was missed by " + format_duration(late) + ", and the job skips misfires";
}

}  // namespace jobsched
