#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/delivery/delivery.h"
#include "core/time/instant.h"

namespace jobsched {

// The attempt log: what became of deliveries, kept for a while after they and their jobs are over.

// Where a delivery stands. The last four are terminal.
enum class DeliveryState {
  kWaiting,     // for its next attempt
  kInFlight,    // an attempt is under way
  kAccepted,    // a 2xx answer
  kExhausted,   // no further attempt: the last one failed, or the endpoint or a rule forbids it
  kSuperseded,  // by the job's next fire time, or by a new definition of the job
  kSkipped,     // a misfire that the job does not make up for
  kCancelled,   // its job was deleted
};

// "waiting", "inFlight", "accepted", "exhausted", "superseded", "skipped", "cancelled".
std::string_view state_name(DeliveryState state);
std::optional<DeliveryState> parse_state(std::string_view name);

bool is_terminal(DeliveryState state);

// "accepted", "status", "dns", "connect", "tls", "timeout", "connection", "protocol", "blocked",
// "interrupted": how an attempt ended, as the log names it.
std::string_view fault_name(Fault fault);
std::optional<Fault> parse_fault(std::string_view name);

// One attempt that has ended.
struct LoggedAttempt {
  std::uint32_t number = 1;
  Instant started;
  Fault fault = Fault::kNone;
  int status = 0;
  AttemptTimings timings;
  std::string error;     // in words, empty if it was accepted
  std::string response;  // the beginning of the answer's body, any bytes

  bool operator==(const LoggedAttempt&) const = default;
};

// A delivery and what is known of its attempts.
struct LoggedDelivery {
  Delivery delivery;  // `attempt` is the one that is due or under way, or the last one: 0 if none
  std::string account;
  DeliveryState state = DeliveryState::kWaiting;
  std::optional<Instant> due = {};           // of the next attempt, while it waits
  std::optional<Instant> ended = {};         // once it is terminal
  std::string reason = {};                   // of a terminal state other than accepted, in words
  std::vector<LoggedAttempt> attempts = {};  // by number

  bool operator==(const LoggedDelivery&) const = default;
};

}  // namespace jobsched
