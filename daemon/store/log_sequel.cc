#include "daemon/store/log_sequel.h"

#include <variant>

namespace jobsched {

Sequel sequel_of(const Transition& transition) {
  if (std::holds_alternative<RetryAt>(transition)) return {DeliveryState::kWaiting};
  if (const auto* exhausted = std::get_if<Exhausted>(&transition)) {
    return {DeliveryState::kExhausted, exhausted->reason};
  }
  if (std::holds_alternative<Superseded>(transition)) {
    return {DeliveryState::kSuperseded, "the job's next fire time comes before the next attempt"};
  }
  return {DeliveryState::kAccepted};
}

}  // namespace jobsched
