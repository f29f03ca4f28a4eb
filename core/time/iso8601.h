#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "core/error.h"
#include "core/time/instant.h"

namespace jobsched {

// A date and time as written: the wall-clock reading and, if it was given, the offset from UTC.
struct DateTime {
  LocalTime local;
  std::optional<std::chrono::minutes> offset;
};

// Parses one date and time in any of ISO 8601-1:2019's complete forms, nothing before or after it:
//
//   date   2026-12-01  20261201      calendar
//          2026-335    2026335       ordinal
//          2026-W49-2  2026W492      week (ISO week-numbering year, Monday = 1)
//   time   T15:30  T15:30:00  T1530  T153000  T15, and a fraction of the last unit given after
//          `.` or `,`, of any length, truncated to milliseconds. T24:00 is the end of the day.
//   offset Z  +01  +01:00  +0100  -00:30, up to ±23:59; U+2212 is accepted as a minus
//
// Years are 0000 to 9999 in four digits. Date and time are either both basic or both extended.
// `t` and `z` may be lower case (RFC 3339). Seconds of 60 are refused: POSIX time has none.
// Errors: kInvalid, with the position of the fault.
Result<DateTime> parse_date_time(std::string_view text);

// The same, for a text that must carry its offset; the error for one that does not says so.
Result<Instant> parse_instant(std::string_view text);

// "2026-12-01T15:30:00Z", with ".250" before the Z only if the milliseconds are not zero.
// Years 0000 to 9999.
std::string format_instant(Instant instant);

}  // namespace jobsched
