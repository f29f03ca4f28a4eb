#include <doctest/doctest.h>

#include "core/delivery/log.h"
#include "tests/support/instants.h"

using namespace jobsched;

TEST_CASE("a delivery's id is read back") {
  const JobId job = *parse_job_id("01a20e81-d738-7000-bcf4-e40959758c1a");
  for (const Delivery& delivery :
       {Delivery{job, Instant{Millis{1'795'539'720'997}}}, Delivery{job, Instant{Millis{0}}, 1, 3},
        Delivery{job, Instant{Millis{-5}}}, Delivery{job, Instant{}, 1, 4'294'967'295}}) {
    CAPTURE(format_delivery_id(delivery));
    CHECK(parse_delivery_id(format_delivery_id(delivery)) == delivery);
  }
}

TEST_CASE("what is no delivery's id is not read as one") {
  const std::string job = "01a20e81-d738-7000-bcf4-e40959758c1a";
  for (const std::string tail :
       {"", "_", "_x", "_1_", "_1_x", "_1_0_0", "_01", "_+1", "_1 ", "_1_01", "_1_-1", "-1",
        "_99999999999999999999", "_1_4294967296"}) {
    CAPTURE(tail);
    CHECK(!parse_delivery_id(job + tail));
  }
  CHECK(!parse_delivery_id(""));
  CHECK(!parse_delivery_id("01a20e81_1"));
}

TEST_CASE("an epoch of 0 is not written") {
  CHECK(!parse_delivery_id("01a20e81-d738-7000-bcf4-e40959758c1a_1_0"));
}

TEST_CASE("states and faults have names, and the names are read back") {
  for (int i = 0; i <= static_cast<int>(DeliveryState::kCancelled); ++i) {
    const auto state = static_cast<DeliveryState>(i);
    CHECK(parse_state(state_name(state)) == state);
  }
  for (int i = 0; i <= static_cast<int>(Fault::kInterrupted); ++i) {
    const auto fault = static_cast<Fault>(i);
    CHECK(parse_fault(fault_name(fault)) == fault);
  }
  CHECK(!parse_state("Accepted"));
  CHECK(!parse_fault(""));
}

TEST_CASE("what is over is terminal") {
  CHECK(!is_terminal(DeliveryState::kWaiting));
  CHECK(!is_terminal(DeliveryState::kInFlight));
  CHECK(is_terminal(DeliveryState::kAccepted));
  CHECK(is_terminal(DeliveryState::kExhausted));
  CHECK(is_terminal(DeliveryState::kSuperseded));
  CHECK(is_terminal(DeliveryState::kSkipped));
  CHECK(is_terminal(DeliveryState::kCancelled));
}
