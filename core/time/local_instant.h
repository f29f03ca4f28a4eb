#pragma once

#include <vector>

#include "core/error.h"
#include "core/time/instant.h"
#include "core/time/zone.h"

namespace jobsched {

// From a wall-clock time that somebody names to the instant that is meant. The rule for schedules,
// which must fire all the same, is in core/cron.

// The instants at which the zone's clock shows `local`, in order: none in a gap, two in an overlap.
std::vector<Instant> instants_of(LocalTime local, const Zone& zone);

// When the clock has put a gap behind it. Requires: `local` is inside one, so that no instant has
// it.
Instant end_of_gap(LocalTime local, const Zone& zone);

// The error for a local time inside a gap: kInvalid, naming the two instants that may be meant, one
// with the offset before the gap and one with that after it. Requires: as of end_of_gap.
tl::unexpected<Error> skipped_time(LocalTime local, const Zone& zone);

// The instant at which the zone's clock shows `local`, in an overlap the first.
// Errors: skipped_time.
Result<Instant> to_instant(LocalTime local, const Zone& zone);

}  // namespace jobsched
