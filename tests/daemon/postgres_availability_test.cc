#include <chrono>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "daemon/store/postgres/availability.h"

namespace jobsched::testing {

namespace {

using pg::Availability;
using SteadyTime = Availability::SteadyTime;

const Error kLost{ErrorKind::kUnavailable, "the server is away", {}, {}};
const Error kLostAgain{ErrorKind::kUnavailable, "there is no route to it", {}, {}};

SteadyTime after(Millis time) {
  return SteadyTime{std::chrono::hours{1} + time};
}

}  // namespace

TEST_CASE("nobody tries for a while after a loss") {
  struct Row {
    std::string_view rule;
    Millis asked;
    bool tries;
  };

  const std::vector<Row> rows{{"at once", Millis{0}, false},
                              {"a little later", Millis{1}, false},
                              {"just before the end of the pause", Millis{999}, false},
                              {"at its end", Millis{1'000}, true},
                              {"long after it", Millis{60'000}, true}};
  for (const Row& row : rows) {
    CAPTURE(row.rule);
    Availability availability;
    CHECK(availability.check(after(row.asked)));
    availability.note_loss(kLost, after(Millis{0}));
    const Result<void> checked = availability.check(after(row.asked));
    CHECK(checked.has_value() == row.tries);
    if (!checked) CHECK(checked.error() == kLost);
  }
}

TEST_CASE("each loss begins another pause, with its own words") {
  Availability availability;
  availability.note_loss(kLost, after(Millis{0}));
  availability.note_loss(kLostAgain, after(Millis{1'500}));
  const Result<void> checked = availability.check(after(Millis{2'499}));
  REQUIRE_FALSE(checked);
  CHECK(checked.error() == kLostAgain);
  CHECK(availability.check(after(Millis{2'500})));
}

TEST_CASE("an answer ends the pause") {
  Availability availability;
  availability.note_success();
  CHECK(availability.check(after(Millis{0})));
  availability.note_loss(kLost, after(Millis{0}));
  availability.note_success();
  CHECK(availability.check(after(Millis{0})));
}

}  // namespace jobsched::testing
