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

class SystemClock final : public Clock {
 public:
  Instant now() const override;
  std::chrono::steady_clock::time_point steady_now() const override;
};

}  // namespace jobsched
