#include "daemon/clock.h"

namespace jobsched {

// Rounded down, so that an instant is never reached early.
Instant SystemClock::now() const {
  return std::chrono::floor<Millis>(std::chrono::system_clock::now());
}

std::chrono::steady_clock::time_point SystemClock::steady_now() const {
  return std::chrono::steady_clock::now();
}

}  // namespace jobsched
