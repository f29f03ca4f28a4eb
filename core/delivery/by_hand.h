#pragma once

#include <functional>

#include "core/delivery/delivery.h"
#include "core/job/job.h"
#include "core/time/instant.h"

namespace jobsched {

// The delivery of a job that is fired at `now` besides its schedule. Its fire time is `now`, or the
// first millisecond after it that is no whole second, as those of schedules are, nor the job's next
// fire time, nor that of a delivery that is `known`.
Delivery fire_by_hand(const Job& job,
                      Instant now,
                      const std::function<bool(const Delivery&)>& known);

}  // namespace jobsched
