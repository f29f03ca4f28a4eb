#include "core/cron/next.h"

#include <algorithm>

namespace jobsched::cron {

using std::chrono::days;
using std::chrono::local_days;
using std::chrono::local_seconds;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::sys_seconds;

namespace {

// Every instant at which the clock shows a time that the fields name.
std::optional<sys_seconds> next_as_the_clock_runs(const FireDays& fire_days,
                                                  const FireTimes& fire_times,
                                                  sys_seconds after,
                                                  const Zone& zone) {
  const auto& periods = zone.periods();
  std::size_t i = zone.period_at(after + seconds{1});
  local_seconds searched{(after + seconds{1} + periods[i].offset).time_since_epoch()};
  auto found = next_wall_time(fire_days, fire_times, searched);
  while (true) {
    const bool last = i + 1 == periods.size();
    if (found) {
      const sys_seconds instant{found->time_since_epoch() - periods[i].offset};
      if (last || instant < periods[i + 1].begin) return instant;
    } else if (last) {
      return {};
    }
    ++i;
    const local_seconds begin{(periods[i].begin + periods[i].offset).time_since_epoch()};
    // What was found holds for any time between where the search began and where it ended.
    if (begin < searched || (found && begin > *found)) {
      searched = begin;
      found = next_wall_time(fire_days, fire_times, searched);
    }
  }
}

// The first time each wall-clock time that the fields name is reached or passed.
std::optional<sys_seconds> next_once_each(const FireDays& fire_days,
                                          const FireTimes& fire_times,
                                          sys_seconds after,
                                          const Zone& zone) {
  const auto time = next_wall_time(fire_days, fire_times, zone.frontier(after));
  if (!time) return {};
  return zone.first_reaching(*time);
}

}  // namespace

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

std::optional<sys_seconds> next_fire_time(const FireDays& fire_days,
                                          const FireTimes& fire_times,
                                          sys_seconds after,
                                          const Zone& zone) {
  constexpr sys_seconds kEnd = sys_days{std::chrono::year{kLastYear + 1} / 1 / 1};
  const auto search = fire_times.every_hour() ? next_as_the_clock_runs : next_once_each;
  const auto found = search(fire_days, fire_times, after, zone);
  return found && *found < kEnd ? found : std::nullopt;
}

}  // namespace jobsched::cron
