#include "core/delivery/by_hand.h"

#include <chrono>

namespace jobsched {

Delivery fire_by_hand(const Job& job,
                      Instant now,
                      const std::function<bool(const Delivery&)>& known) {
  const auto is_taken = [&](const Delivery& delivery) {
    const Instant time = delivery.fire_time;
    return time == std::chrono::floor<std::chrono::seconds>(time) || time == job.next ||
           known(delivery);
  };
  Delivery delivery{job.id, now, 1, job.epoch};
  while (is_taken(delivery)) {
    delivery.fire_time += Millis{1};
  }
  return delivery;
}

}  // namespace jobsched
