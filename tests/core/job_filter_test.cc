#include "core/delivery/job_filter.h"

#include <optional>
#include <string_view>

#include <doctest/doctest.h>

#include "tests/support/instants.h"

namespace jobsched {

namespace {

Job job(std::optional<std::string> name, bool paused, std::optional<std::string> reason) {
  Job job{{},
          "default",
          {"http://a.test/", {}, {}, {}, Once{test::instant("2030-01-01T00:00:00Z")}},
          {}};
  job.spec.name = std::move(name);
  job.spec.paused = paused;
  job.pause_reason = std::move(reason);
  return job;
}

}  // namespace

TEST_CASE("jobs pass by their names") {
  JobFilter filter;
  CHECK_FALSE(filter.any());
  CHECK(filter.passes(job({}, false, {})));
  REQUIRE(set_name(filter, "night*"));
  CHECK(filter.any());
  CHECK(filter.passes(job("nightly", false, {})));
  CHECK_FALSE(filter.passes(job("daily", false, {})));
  CHECK_FALSE(filter.passes(job({}, false, {})));
  REQUIRE(set_name(filter, "*"));
  CHECK_FALSE(filter.passes(job({}, false, {})));
}

TEST_CASE("jobs pass by their states") {
  struct Row {
    std::string_view state;
    bool plain;   // whether a job that fires passes,
    bool paused;  // one that its owner has paused,
    bool stuck;   // and one that the daemon has
  };

  constexpr Row kRows[] = {
      {"active", true, false, false},
      {"paused", false, true, true},
      {"accepted", true, true, true},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.state);
    JobFilter filter;
    REQUIRE(set_state(filter, row.state));
    CHECK(filter.passes(job({}, false, {})) == row.plain);
    CHECK(filter.passes(job({}, true, {})) == row.paused);
    CHECK(filter.passes(job({}, false, "no zone")) == row.stuck);
  }
}

TEST_CASE("jobs pass by the states of their last deliveries") {
  constexpr DeliveryState kStates[] = {DeliveryState::kWaiting,    DeliveryState::kInFlight,
                                       DeliveryState::kAccepted,   DeliveryState::kExhausted,
                                       DeliveryState::kSuperseded, DeliveryState::kSkipped};
  for (const DeliveryState wanted : kStates) {
    CAPTURE(state_name(wanted));
    JobFilter filter;
    REQUIRE(set_state(filter, state_name(wanted)));
    CHECK(state_of(filter) == state_name(wanted));
    CHECK_FALSE(filter.passes(std::optional<LoggedDelivery>()));
    for (const DeliveryState state : kStates) {
      LoggedDelivery last;
      last.state = state;
      CHECK(filter.passes(std::optional(last)) == (state == wanted));
    }
  }
}

TEST_CASE("what a filter is asked for must be right") {
  JobFilter filter;
  CHECK_FALSE(state_of(filter));
  for (const std::string_view state : {"", "Paused", "cancelled", "exhaustd"}) {
    CAPTURE(state);
    CHECK(set_state(filter, state).error().kind == ErrorKind::kMalformed);
  }
  CHECK(set_state(filter, "exhaustd").error().detail ==
        "there is no state \"exhaustd\"; did you mean \"exhausted\"?");
  CHECK(set_name(filter, std::string(1'024, 'x')));
  CHECK_FALSE(set_name(filter, std::string(1'025, 'x')));
  CHECK_FALSE(set_name(filter, ""));
  CHECK_FALSE(set_name(filter, "\xFF"));
}

}  // namespace jobsched
