#pragma once

#include <cstdint>
#include <string_view>

#include "core/job/job.h"

namespace jobsched::testing {

// Tests count time in milliseconds from here: 2030-01-01T00:00:00Z.
constexpr Instant kStart{Millis{1'893'456'000'000}};

constexpr Instant at(std::int64_t millis) {
  return kStart + Millis{millis};
}

// Ids rise with their number.
JobId sample_id(std::uint32_t number);

// A job of account "default" that fires once.
Job sample_once(std::uint32_t number, Instant when);

// The same for a cron expression; its next fire time is the first after `now`.
Job sample_cron(std::uint32_t number, std::string_view expression, Instant now);

}  // namespace jobsched::testing
