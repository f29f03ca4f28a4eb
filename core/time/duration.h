#pragma once

#include <string>
#include <string_view>

#include "core/error.h"
#include "core/time/instant.h"

namespace jobsched {

// Parses a length of time: one or more numbers each followed by a unit, the units in falling order
// and each at most once: `d` 24 hours, `h`, `m` minutes, `s`, `ms`. "90s", "10m", "1h30m", "2d",
// "250ms". No sign, no blank, no fraction; "0s" is zero. At most 100 years.
// Errors: kInvalid, with the position of the fault.
Result<Millis> parse_duration(std::string_view text);

// The text that `parse_duration` reads back to the same length, with as much as possible in the
// greater units and no unit that is zero, e.g. "1h30m"; "0s". Requires: length >= 0.
std::string format_duration(Millis length);

}  // namespace jobsched
