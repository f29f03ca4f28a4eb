#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "core/time/zone.h"

namespace jobsched::testing {

// A zone whose clock is always `hours` ahead of UTC.
inline std::shared_ptr<const Zone> shifted_zone(std::string name, int hours) {
  const std::vector<Zone::Period> always{
      {std::chrono::sys_seconds::min(), std::chrono::hours{hours}}};
  return std::make_shared<const Zone>(std::move(name), always);
}

// Knows these rules under every name.
inline ZoneLookup always_find(std::shared_ptr<const Zone> zone) {
  return [zone = std::move(zone)](std::string_view) { return zone; };
}

}  // namespace jobsched::testing
