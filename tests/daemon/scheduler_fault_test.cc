#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/memory_store.h"
#include "tests/support/witnessed_rig.h"

// A short life in which the first call of a kind fails, then one in which the second does, and so
// on until none is left to fail: whatever fails once, everything owed is delivered at last.

using namespace std::chrono_literals;
using namespace jobsched::testing;
using jobsched::AttemptResult;
using jobsched::ErrorKind;
using jobsched::Instant;
using jobsched::Outcome;

namespace {

constexpr std::size_t kFaults = 20;  // more than the life has calls of any kind

class ShortLife {
 public:
  ShortLife()
      : witnessed_({}, [this]() -> jobsched::Store& {
          memory_.crash();
          return memory_;
        }) {}

  FlakyStore& store() { return rig_.store; }

  // Jobs, once and again, a clock that is set back, and a restart. Attempts end as `result` says,
  // which is given their number from 1.
  void live(const std::function<AttemptResult(std::size_t)>& result) {
    for (std::uint32_t n = 1; n <= 3; ++n)
      rig_.create(one_time_job(n, kStart + n * 1s));
    rig_.create(recurring_job(4, "0 0/10 * * * ?", kStart));
    serve_until(kStart + 61min, result);
    rig_.settle_at(kStart + 5min);
    serve_until(kStart + 25min, result);
    rig_.restart();
    serve_until(kStart + 20h, result);
    witnessed_.witness().check_end(rig_.clock.now());
    CHECK_FALSE((rig_.has_job(1) || rig_.has_job(2) || rig_.has_job(3)));
  }

  std::size_t attempts() const { return attempts_; }

 private:
  void serve_until(Instant end, const std::function<AttemptResult(std::size_t)>& result) {
    for (;;) {
      rig_.settle();
      while (rig_.deliverer.in_flight() > 0)
        witnessed_.finish(0, result(++attempts_));
      if (rig_.clock.now() >= end) return;
      rig_.clock.set(std::min(rig_.wake.value_or(end), end));
    }
  }

  MemoryStore memory_;
  WitnessedRig witnessed_;
  SchedulerRig& rig_ = witnessed_.rig();
  std::size_t attempts_ = 0;
};

AttemptResult accept(std::size_t /*number*/) {
  return answered(200);
}

}  // namespace

TEST_CASE("whichever call of the store fails once, everything owed is delivered") {
  struct Row {
    std::string rule;
    void (FlakyStore::*fail)(std::size_t times, ErrorKind kind, std::size_t after);
  };

  for (const Row& row :
       {Row{"claim", &FlakyStore::fail_claims}, Row{"record", &FlakyStore::fail_records},
        Row{"rearm", &FlakyStore::fail_rearmings}}) {
    CAPTURE(row.rule);
    for (const ErrorKind kind :
         {ErrorKind::kUnavailable, ErrorKind::kStoreFull, ErrorKind::kInternal}) {
      for (std::size_t number = 1; number <= kFaults; ++number) {
        CAPTURE(number);
        ShortLife life;
        (life.store().*row.fail)(1, kind, number - 1);
        life.live(accept);
      }
    }
  }
}

TEST_CASE("whichever attempt ends badly, everything owed is delivered") {
  const std::vector<AttemptResult> results{
      answered(500),
      answered(302),
      {Outcome::kRejected, 429, 10s, false, {}},
      {Outcome::kTimedOut, 0, {}, false, "too slow"},
      {Outcome::kUnreachable, 0, {}, false, "refused"},
      {Outcome::kInterrupted, 0, {}, false, "interrupted"},
  };
  ShortLife calm;
  calm.live(accept);
  for (const AttemptResult& result : results) {
    CAPTURE(static_cast<int>(result.outcome));
    for (std::size_t number = 1; number <= kFaults; ++number) {
      CAPTURE(number);
      ShortLife life;
      life.live([&](std::size_t n) { return n == number ? result : answered(200); });
      CHECK(life.attempts() == calm.attempts() + 1);
    }
  }
}
