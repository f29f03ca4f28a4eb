#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/error.h"
#include "core/time/zone.h"

namespace jobsched {

// The rules of a POSIX TZ string, e.g. "CET-1CEST,M3.5.0,M10.5.0/3" (IEEE 1003.1 section 8.3, with
// the wider times of RFC 9636 section 3.3.2). The names of the times are not kept.
struct PosixTz {
  // `Jn`: the n-th day of a year in which 29 February is never counted, 1 to 365.
  struct JulianDay {
    int day;
  };

  // `n`: n days after 1 January, 0 to 365; 29 February is counted.
  struct DayOfYear {
    int day;
  };

  // `Mm.w.d`: the w-th such day of the week in the month, the last one if w is 5.
  struct DayOfMonth {
    std::chrono::month month;
    unsigned week;
    std::chrono::weekday weekday;
  };

  // A day of every year, and a time of day on the clock that runs until then; may be negative or
  // beyond 24 hours.
  struct Date {
    std::variant<JulianDay, DayOfYear, DayOfMonth> day;
    std::chrono::seconds time;
  };

  // Daylight saving time, from `start` to `end` in every year.
  struct Daylight {
    std::chrono::seconds offset;
    Date start;
    Date end;
  };

  std::chrono::seconds standard;  // to be added to UTC: the opposite of how the string writes it
  std::optional<Daylight> daylight;
};

// Errors: kInvalid with field "timezone" and a position; also if daylight saving time has no rule.
Result<PosixTz> parse_posix_tz(std::string_view text);

// The changes of offset in the given years, in order; empty without daylight saving time.
std::vector<Zone::Period> changes(const PosixTz& rules, int first_year, int last_year);

// A zone with these rules from 1900 to the end of 2199.
Zone to_zone(std::string name, const PosixTz& rules);

}  // namespace jobsched
