#pragma once

#include <optional>

#include "core/job/job.h"
#include "core/time/instant.h"

namespace jobsched {

// A clock that is set back by as much was wrong before, rather than corrected by a little.
constexpr Millis kClockWasWrong = std::chrono::hours{3};

// Where the next fire time of `job` goes when the clock was set back from `before` to `now`; absent
// if it stays where it is.
//
// A recurring job that has fired by the clock as it was would wait until that clock's time comes
// again. Set back by kClockWasWrong or more, what it has fired then does not count: it goes on with
// the first fire time after `now`. Set back by less, it does not fire again at times that it has
// fired at, but for a schedule that follows the clock through every hour and would be silent for
// more than two of its intervals and a minute: such a job is asked for its regularity.
//
// A one-time job fires once, whatever the clock does. Pure. Requires: now < before.
std::optional<Instant> rearm(const Job& job, Instant before, Instant now);

}  // namespace jobsched
