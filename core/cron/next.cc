#include "core/cron/next.h"

#include <algorithm>

namespace jobsched::cron {

using std::chrono::days;
using std::chrono::local_days;
using std::chrono::local_seconds;

std::optional<local_seconds> next_wall_time(const FireDays& fire_days,
                                            const FireTimes& fire_times,
                                            local_seconds time) {
  constexpr local_days kFirstDay{std::chrono::year{kFirstYear} / 1 / 1};
  constexpr local_days kEnd{std::chrono::year{kLastYear + 1} / 1 / 1};
  if (time >= kEnd) return {};
  time = std::max(time, local_seconds{kFirstDay});

  const auto today = std::chrono::floor<days>(time);
  auto day = fire_days.next(today);
  if (day == today) {
    if (const auto time_of_day = fire_times.next(time - today)) return today + *time_of_day;
    day = fire_days.next(today + days{1});
  }
  if (!day) return {};
  return *day + fire_times.first();
}

}  // namespace jobsched::cron
