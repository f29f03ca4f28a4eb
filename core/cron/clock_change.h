#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "core/cron/fire_days.h"
#include "core/cron/fire_times.h"
#include "core/time/instant.h"
#include "core/time/zone.h"

namespace jobsched::cron {

// How a change of a zone's clock bears on one fire time.
struct ClockChange {
  enum class Kind {
    kGap,         // the clock skips the time that the fields name; it fires when the gap ends
    kFirstPass,   // the clock shows the time twice: this is the first pass of the overlap
    kSecondPass,  // … the second
  };

  Kind kind = Kind::kGap;
  std::chrono::local_seconds named;  // the wall-clock time that the fields name, the first in a gap
  bool several = false;              // kGap: they name others that are skipped with it

  bool operator==(const ClockChange&) const = default;
};

// Requires: `fire_time` is a fire time of the fields read as wall-clock time in `zone`.
// Absent if the clock shows the time that the fields name once. Bounded as `next_fire_time` is.
std::optional<ClockChange> clock_change(const FireDays& fire_days,
                                        const FireTimes& fire_times,
                                        std::chrono::sys_seconds fire_time,
                                        const Zone& zone);

// A fire time as people in `zone` see it, on one line: UTC, the day of the week and the wall-clock
// time with its offset and, if there is a change to tell of, a remark in words:
// "2026-03-08T07:00:00Z  Sun 2026-03-08 03:00:00 -04:00  (clock went forward: …)".
std::string format_fire_time(Instant fire_time,
                             const Zone& zone,
                             const std::optional<ClockChange>& change);

// The remark: "clock went forward: 02:30 does not exist", "clock goes back: the first 01:30 of
// two". The time has seconds only if they are not zero, and its date if `fire_time` has another.
std::string describe(const ClockChange& change, Instant fire_time, const Zone& zone);

}  // namespace jobsched::cron
