#pragma once

#include <chrono>
#include <vector>

#include "core/time/zone.h"

namespace jobsched::fuzz {

// New York's rules without its past.
inline Zone new_york() {
  using std::chrono::seconds;
  std::vector<Zone::Period> periods{{std::chrono::sys_seconds::min(), seconds{-18'000}}};
  for (std::chrono::year year{1970}; year < std::chrono::year{2200}; ++year) {
    const std::chrono::sys_days spring{year / 3 / std::chrono::Sunday[2]};
    const std::chrono::sys_days autumn{year / 11 / std::chrono::Sunday[1]};
    periods.push_back({spring + std::chrono::hours{7}, seconds{-14'400}});
    periods.push_back({autumn + std::chrono::hours{6}, seconds{-18'000}});
  }
  return {"America/New_York", std::move(periods)};
}

}  // namespace jobsched::fuzz
