#include "core/delivery/delivery.h"

namespace jobsched {

std::string format_delivery_id(const JobId& job, Instant fire_time) {
  return format_job_id(job) + '_' + std::to_string(fire_time.time_since_epoch().count());
}

}  // namespace jobsched
