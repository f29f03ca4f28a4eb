#include "daemon/clock.h"

#include <doctest/doctest.h>

TEST_CASE("the system clock is past 2026 and its steady clock does not go back") {
  const jobsched::SystemClock clock;
  CHECK(clock.now() > jobsched::Instant{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}});
  const auto before = clock.steady_now();
  CHECK(clock.steady_now() >= before);
}
