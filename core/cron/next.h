#pragma once

#include <chrono>
#include <optional>

#include "core/cron/fire_days.h"
#include "core/cron/fire_times.h"
#include "core/time/zone.h"

namespace jobsched::cron {

// The searches behind Expression::next. Both are bounded by the number of fields, months and zone
// periods, never by the number of seconds between two fire times.

// The first wall-clock time that the fields name and that is not before `time`.
std::optional<std::chrono::local_seconds> next_wall_time(const FireDays& fire_days,
                                                         const FireTimes& fire_times,
                                                         std::chrono::local_seconds time);

// The first fire time after `after` with the fields read as wall-clock time in `zone`.
std::optional<std::chrono::sys_seconds> next_fire_time(const FireDays& fire_days,
                                                       const FireTimes& fire_times,
                                                       std::chrono::sys_seconds after,
                                                       const Zone& zone);

}  // namespace jobsched::cron
