#pragma once

#include <algorithm>
#include <chrono>
#include <optional>

namespace jobsched {

using Millis = std::chrono::milliseconds;
using Micros = std::chrono::microseconds;

// A point on the UTC time line, in milliseconds; leap seconds do not exist on it (POSIX time).
using Instant = std::chrono::sys_time<Millis>;

// A wall-clock reading without a zone.
using LocalTime = std::chrono::local_time<Millis>;

// The earlier of two instants either of which may be absent.
inline std::optional<Instant> earlier(std::optional<Instant> a, std::optional<Instant> b) {
  if (!a || !b) return a ? a : b;
  return std::min(*a, *b);
}

}  // namespace jobsched
