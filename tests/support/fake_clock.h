#pragma once

#include <chrono>

#include "daemon/clock.h"

namespace jobsched::testing {

// A clock that goes where it is told. The two readings move apart only by `set`.
class FakeClock final : public Clock {
 public:
  explicit FakeClock(Instant now) : now_(now) {}

  Instant now() const override { return now_; }

  std::chrono::steady_clock::time_point steady_now() const override { return steady_now_; }

  void advance(Millis by) {
    now_ += by;
    steady_now_ += by;
  }

  // Sets the wall clock; the steady clock does not notice.
  void set(Instant now) { now_ = now; }

 private:
  Instant now_;
  std::chrono::steady_clock::time_point steady_now_;
};

}  // namespace jobsched::testing
