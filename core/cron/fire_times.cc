#include "core/cron/fire_times.h"

#include <array>

namespace jobsched::cron {

namespace {

std::chrono::seconds time_of_day(unsigned hour, unsigned minute, unsigned second) {
  return std::chrono::seconds{(hour * 60 + minute) * 60 + second};
}

}  // namespace

std::chrono::seconds FireTimes::first() const {
  return time_of_day(least(hours_), least(minutes_), least(seconds_));
}

std::chrono::seconds FireTimes::last() const {
  return time_of_day(greatest(hours_), greatest(minutes_), greatest(seconds_));
}

std::optional<std::chrono::seconds> FireTimes::next(std::chrono::seconds time) const {
  const auto total = static_cast<unsigned>(time.count());
  const unsigned hour = total / 3'600;
  const unsigned minute = total / 60 % 60;
  if (contains(hours_, hour)) {
    if (contains(minutes_, minute)) {
      const Bits seconds = seconds_ & from(total % 60);
      if (seconds != 0) return time_of_day(hour, minute, least(seconds));
    }
    const Bits minutes = minutes_ & from(minute + 1);
    if (minutes != 0) return time_of_day(hour, least(minutes), least(seconds_));
  }
  const Bits hours = hours_ & from(hour + 1);
  if (hours != 0) return time_of_day(least(hours), least(minutes_), least(seconds_));
  return {};
}

std::optional<std::chrono::seconds> FireTimes::least_gap() const {
  struct Level {
    Bits set;
    unsigned unit;
  };

  const std::array<Level, 3> levels{{{seconds_, 1}, {minutes_, 60}, {hours_, 3'600}}};

  // Two neighbours differ by one step of one field, while the fields below it go from their last
  // value back to their first.
  unsigned least_so_far = 0;
  unsigned span_below = 0;
  for (const Level& level : levels) {
    if (const unsigned steps = cron::least_gap(level.set); steps != 0) {
      const unsigned gap = steps * level.unit - span_below;
      if (least_so_far == 0 || gap < least_so_far) least_so_far = gap;
    }
    span_below += (greatest(level.set) - least(level.set)) * level.unit;
  }
  if (least_so_far == 0) return {};
  return std::chrono::seconds{least_so_far};
}

}  // namespace jobsched::cron
