#pragma once

#include <chrono>

namespace jobsched {

using Millis = std::chrono::milliseconds;

// A point on the UTC time line, in milliseconds; leap seconds do not exist on it (POSIX time).
using Instant = std::chrono::sys_time<Millis>;

// A wall-clock reading without a zone.
using LocalTime = std::chrono::local_time<Millis>;

}  // namespace jobsched
