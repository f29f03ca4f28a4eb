#pragma once

#include <string>

#include "core/time/instant.h"

namespace jobsched {

// What the attempt log says of a misfire that was found at `now`: that the delivery at `fire_time`
// stands for it and all that were missed since, …
std::string made_up_for_text(Instant fire_time, Instant now);

// … or that the job skips it.
std::string skipped_text(Instant missed, Instant now);

}  // namespace jobsched
