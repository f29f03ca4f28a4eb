#pragma once

#include <chrono>
#include <optional>
#include <utility>

#include "core/time/instant.h"

namespace jobsched {

// Notices that the wall clock was set, by comparing it with one that never steps. A machine that
// sleeps shows as a step forward: the clock that never steps stands still meanwhile.
class ClockWatch {
 public:
  using SteadyTime = std::chrono::steady_clock::time_point;

  // What the two clocks show at one time. Returns by how much the wall clock was set since the last
  // call, more than kLeast in either direction; absent if it was not, or on the first call.
  std::optional<Millis> look(Instant now, SteadyTime steady_now) {
    const Millis offset =
        now.time_since_epoch() - std::chrono::duration_cast<Millis>(steady_now.time_since_epoch());
    const std::optional<Millis> last = std::exchange(offset_, offset);
    if (!last || std::chrono::abs(offset - *last) <= kLeast) return std::nullopt;
    return offset - *last;
  }

  // What is less is a clock being disciplined, a little at a time.
  static constexpr Millis kLeast{500};

 private:
  std::optional<Millis> offset_;
};

}  // namespace jobsched
