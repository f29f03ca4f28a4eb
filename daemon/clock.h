#pragma once

#include <chrono>

#include "core/time/instant.h"

namespace jobsched {

// The seam through which time enters the program. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;

  // The wall clock, for schedules. It may step in either direction.
  virtual Instant now() const = 0;

  // A clock that never steps, for timeouts; its zero has no meaning.
  virtual std::chrono::steady_clock::time_point steady_now() const = 0;
};

// Whether a clock may well show `now`: no earlier than this program has existed, and less than ten
// years after.
constexpr bool is_plausible(Instant now) {
  constexpr std::chrono::sys_days kFirst = std::chrono::year{2026} / 11 / 1;
  return now >= kFirst && now < kFirst + std::chrono::days{3'653};
}

class SystemClock final : public Clock {
 public:
  Instant now() const override;
  std::chrono::steady_clock::time_point steady_now() const override;
};

}  // namespace jobsched
