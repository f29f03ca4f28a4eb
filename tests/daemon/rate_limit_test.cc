#include "daemon/api/rate_limit.h"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include <doctest/doctest.h>

namespace jobsched::testing {

using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

RateLimit::Time after(std::chrono::nanoseconds time) {
  return RateLimit::Time{} + std::chrono::hours{1} +
         std::chrono::duration_cast<RateLimit::Time::duration>(time);
}

}  // namespace

TEST_CASE("a bucket is full at first and gets one token more in each interval") {
  struct Row {
    milliseconds time;
    std::optional<seconds> wait;
  };

  // Three at once, then one in two seconds.
  const Row rows[] = {
      {milliseconds{0}, {}},
      {milliseconds{0}, {}},
      {milliseconds{0}, {}},
      {milliseconds{0}, seconds{2}},
      {milliseconds{999}, seconds{2}},
      {milliseconds{1'000}, seconds{1}},
      {milliseconds{1'999}, seconds{1}},
      {milliseconds{2'000}, {}},
      {milliseconds{2'000}, seconds{2}},
      {milliseconds{6'000}, {}},
      {milliseconds{6'000}, {}},
      {milliseconds{6'000}, seconds{2}},
      {milliseconds{100'000}, {}},
      {milliseconds{100'000}, {}},
      {milliseconds{100'000}, {}},
      {milliseconds{100'000}, seconds{2}},
  };
  RateLimit limit(seconds{2}, 3);
  for (const Row& row : rows) {
    CAPTURE(row.time.count());
    CHECK(limit.take("a", after(row.time)) == row.wait);
  }
}

TEST_CASE("each name has a bucket of its own") {
  RateLimit limit(seconds{1}, 1);
  CHECK_FALSE(limit.take("a", after(seconds{0})));
  CHECK(limit.take("a", after(seconds{0})));
  CHECK_FALSE(limit.take("b", after(seconds{0})));
}

TEST_CASE("of too many names those that did nothing for longest are forgotten") {
  RateLimit limit(seconds{1}, 1);
  CHECK_FALSE(limit.take("idle", after(seconds{0})));
  CHECK_FALSE(limit.take("busy", after(seconds{0})));
  for (std::size_t i = 0; i < 2 * RateLimit::kMaxNames; ++i) {
    limit.take(std::to_string(i), after(seconds{0}));
    CHECK(limit.take("busy", after(seconds{0})));
  }
  CHECK_FALSE(limit.take("idle", after(seconds{0})));
}

}  // namespace jobsched::testing
