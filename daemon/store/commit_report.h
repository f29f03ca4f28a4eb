#pragma once

#include <cstdint>
#include <optional>

#include "core/error.h"

namespace jobsched {

// How a group of events went.
struct CommitReport {
  bool wrote = false;                 // not if its events had nothing to change
  std::uint64_t created = 0;          // jobs
  std::uint64_t fired = 0;            // fire times that became deliveries
  std::uint64_t skipped = 0;          // fire times that were missed for good
  std::optional<Error> failure = {};  // then nothing of the above has come to be
};

}  // namespace jobsched
