#pragma once

#include <optional>
#include <string>

#include "core/delivery/lifecycle.h"
#include "core/delivery/log.h"

namespace jobsched {

// What a transition makes of a delivery, as the attempt log says it.
struct Sequel {
  DeliveryState state;
  std::optional<std::string> reason = {};
};

Sequel sequel_of(const Transition& transition);

}  // namespace jobsched
