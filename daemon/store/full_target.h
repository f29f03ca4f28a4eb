#pragma once

#include "core/job/job.h"
#include "daemon/store/values.h"

namespace jobsched {

// The target of the job among those that the claimant calls full; null if it is not.
FullTarget* find_full(Claimant& claimant, const Job& job);

}  // namespace jobsched
