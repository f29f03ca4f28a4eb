#include "core/delivery/delivery.h"

namespace jobsched {

std::string format_delivery_id(const Delivery& delivery) {
  std::string id = format_job_id(delivery.job) + '_' +
                   std::to_string(delivery.fire_time.time_since_epoch().count());
  if (delivery.epoch != 0) id += '_' + std::to_string(delivery.epoch);
  return id;
}

}  // namespace jobsched
