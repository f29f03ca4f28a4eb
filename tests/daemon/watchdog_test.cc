#include "daemon/watchdog.h"

#include <functional>
#include <utility>

#include <doctest/doctest.h>

using namespace std::chrono_literals;

namespace jobsched {

namespace {

constexpr Micros kInterval = 30s;

// A watchdog with the store and the service manager in the hands of the test.
struct WatchdogRig {
  explicit WatchdogRig(Micros interval = kInterval)
      : watchdog(
            interval,
            [this] { ++keep_alives; },
            [this](std::function<void()> answered) {
              ++questions;
              answer = std::move(answered);
              if (store_answers) answer();
            }) {}

  // The loop comes round once, so long after the last time.
  void round_after(Micros pause) {
    now += pause;
    latest = watchdog.engine_went_round(now);
  }

  // The loop comes round in time for so long; how many keep-alives that made.
  int keep_alives_in(Micros length) {
    const int before = keep_alives;
    for (const auto end = now + length; latest <= end;)
      round_after(std::chrono::floor<Micros>(latest - now));
    return keep_alives - before;
  }

  Watchdog::SteadyTime now{1h};
  Watchdog::SteadyTime latest = now;
  bool store_answers = true;
  std::function<void()> answer;
  int keep_alives = 0;
  int questions = 0;
  Watchdog watchdog;
};

}  // namespace

TEST_CASE("a loop that comes round feeds the watchdog every half of the interval") {
  WatchdogRig rig;
  rig.round_after(0s);
  CHECK(rig.keep_alives == 0);  // the interval begins only now
  CHECK(rig.latest == rig.now + 15s);
  rig.round_after(14'999ms);
  CHECK(rig.keep_alives == 0);
  CHECK(rig.latest == rig.now + 1ms);
  rig.round_after(1ms);
  CHECK(rig.keep_alives == 1);
  CHECK(rig.keep_alives_in(10min) == 40);
}

TEST_CASE("a busy loop feeds it no more often") {
  WatchdogRig rig;
  for (int i = 0; i <= 60'000; ++i)
    rig.round_after(1ms);
  CHECK(rig.keep_alives == 4);
  CHECK(rig.questions == 4);
}

TEST_CASE("a loop that was held up feeds it as soon as it comes round") {
  WatchdogRig rig;
  rig.round_after(0s);
  rig.round_after(29s);
  CHECK(rig.keep_alives == 1);
  CHECK(rig.latest == rig.now + 15s);
}

TEST_CASE("a store that does not answer in time starves it, until it does") {
  struct Row {
    Micros interval;
    Micros patience;
  };

  constexpr Row kRows[] = {{1s, 10s}, {10s, 10s}, {30s, 30s}, {10min, 10min}};
  for (const Row& row : kRows) {
    CAPTURE(row.interval.count());
    WatchdogRig rig(row.interval);
    CHECK(rig.keep_alives_in(row.interval * 10) == 20);
    rig.store_answers = false;
    rig.keep_alives_in(row.interval / 2);  // is asked
    CHECK(rig.keep_alives_in(row.patience) == row.patience / (row.interval / 2));
    CHECK(rig.keep_alives_in(row.interval * 10) == 0);
    rig.store_answers = true;
    rig.answer();
    CHECK(rig.keep_alives_in(row.interval) == 2);
  }
}

TEST_CASE("one question at a time is put to the store") {
  WatchdogRig rig;
  rig.store_answers = false;
  rig.keep_alives_in(1h);
  CHECK(rig.questions == 1);
}

}  // namespace jobsched
