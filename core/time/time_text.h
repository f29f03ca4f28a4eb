#pragma once

#include <string_view>

#include "core/error.h"
#include "core/time/instant.h"
#include "core/time/zone.h"

namespace jobsched {

// Parses a point in time as people write it, read at `now` in `zone`:
//
//   2026-12-01T15:30:00+01:00   ISO 8601 in any of the forms of `parse_date_time`; without an
//   2026-12-01 15:30            offset in the zone; a blank may stand for the T
//   09:00  9:00:30              today, or tomorrow if that is not after now
//   today 9:00  tomorrow 9:00   the day first or last: "9:00 tomorrow"; also yesterday
//   fri 17:00  friday 17:00     the first such day of the week on which that is after now
//   @1796139000  @1796139000.5  seconds since 1970
//
// Words may be in any case; blanks around and between them do not count. A time that the zone's
// clock skips is refused, naming the instants that may be meant; of two passes of a time the first
// is taken, for `09:00` and days of the week the first that is after now. The result may be in the
// past. Pure. Errors: kInvalid, with the position of the fault.
Result<Instant> parse_time(std::string_view text, Instant now, const Zone& zone);

// The same for a time that is sought in the past: `09:00` is today's, or yesterday's if that is
// after now, and `fri 17:00` the last such day. The result may be in the future all the same.
Result<Instant> parse_past_time(std::string_view text, Instant now, const Zone& zone);

}  // namespace jobsched
