#include "daemon/engine/clock_watch.h"

#include <chrono>
#include <optional>
#include <string_view>

#include <doctest/doctest.h>

#include "daemon/clock.h"

using namespace std::chrono_literals;
using jobsched::ClockWatch;
using jobsched::Instant;
using jobsched::Millis;

TEST_CASE("a clock that was set is told from one that runs") {
  struct Row {
    std::string_view rule;
    Millis wall;    // since the look before
    Millis steady;  // likewise
    std::optional<Millis> step;
  };

  const Row rows[] = {
      {"both run", 1s, 1s, {}},        {"however long", 48h, 48h, {}},
      {"slewed", 1'400ms, 1s, {}},     {"half a second is no step", 1'500ms, 1s, {}},
      {"more is", 1'501ms, 1s, 501ms}, {"set forward, or slept", 2h, 1s, 2h - 1s},
      {"set back", -1h, 1s, -1h - 1s}, {"it runs on from there", 1s, 1s, {}},
  };
  ClockWatch watch;
  Instant wall{1'000s};
  ClockWatch::SteadyTime steady{5s};
  CHECK_FALSE(watch.look(wall, steady));
  for (const Row& row : rows) {
    CAPTURE(row.rule);
    wall += row.wall;
    steady += row.steady;
    CHECK(watch.look(wall, steady) == row.step);
  }
}

TEST_CASE("a clock is plausible from this program's first release on, for ten years") {
  using std::chrono::sys_days;
  using std::chrono::year;
  CHECK_FALSE(jobsched::is_plausible(Instant{}));
  CHECK_FALSE(jobsched::is_plausible(sys_days{year{2026} / 10 / 31}));
  CHECK(jobsched::is_plausible(sys_days{year{2026} / 11 / 1}));
  CHECK(jobsched::is_plausible(sys_days{year{2036} / 10 / 31}));
  CHECK_FALSE(jobsched::is_plausible(sys_days{year{2040} / 1 / 1}));
}
