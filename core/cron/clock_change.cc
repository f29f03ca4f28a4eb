#include "core/cron/clock_change.h"

#include "core/cron/next.h"
#include "core/time/iso8601.h"
#include "core/time/local_text.h"

namespace jobsched::cron {

using std::chrono::local_seconds;
using std::chrono::seconds;
using std::chrono::sys_seconds;

namespace {

std::optional<ClockChange> gap_before(const FireDays& fire_days,
                                      const FireTimes& fire_times,
                                      sys_seconds fire_time,
                                      local_seconds shown,
                                      const Zone& zone) {
  const local_seconds unseen = zone.frontier(fire_time - seconds{1});
  const auto named = next_wall_time(fire_days, fire_times, unseen);
  if (!named || *named >= shown) return {};
  const auto other = next_wall_time(fire_days, fire_times, *named + seconds{1});
  return ClockChange{ClockChange::Kind::kGap, *named, other && *other < shown};
}

bool is_shown_again(local_seconds shown, sys_seconds instant, const Zone& zone) {
  const std::size_t next = zone.period_at(instant) + 1;
  if (next == zone.periods().size()) return false;
  const Zone::Period& period = zone.periods()[next];
  return shown >= local_seconds{period.begin.time_since_epoch() + period.offset};
}

}  // namespace

std::optional<ClockChange> clock_change(const FireDays& fire_days,
                                        const FireTimes& fire_times,
                                        sys_seconds fire_time,
                                        const Zone& zone) {
  const local_seconds shown{fire_time.time_since_epoch() + zone.offset_at(fire_time)};
  if (!fire_times.every_hour()) {
    if (const auto gap = gap_before(fire_days, fire_times, fire_time, shown, zone)) return gap;
  }
  if (is_shown_again(shown, fire_time, zone)) {
    return ClockChange{ClockChange::Kind::kFirstPass, shown};
  }
  if (zone.first_reaching(shown) != fire_time) {
    return ClockChange{ClockChange::Kind::kSecondPass, shown};
  }
  return {};
}

std::string format_fire_time(Instant fire_time,
                             const Zone& zone,
                             const std::optional<ClockChange>& change) {
  const auto second = std::chrono::floor<seconds>(fire_time);
  const LocalText local = local_text(fire_time, zone.offset_at(second));
  std::string text = format_instant(fire_time) + "  " + std::string(local.weekday) + ' ' +
                     local.date + ' ' + local.time + ' ' + local.offset;
  if (change) text += "  (" + describe(*change, fire_time, zone) + ')';
  return text;
}

std::string describe(const ClockChange& change, Instant fire_time, const Zone& zone) {
  const auto second = std::chrono::floor<seconds>(fire_time);
  const LocalText named = local_text(Instant{change.named.time_since_epoch()}, seconds{0});
  std::string time = named.time;
  if (time.ends_with(":00")) time.resize(time.size() - 3);
  if (named.date != local_text(fire_time, zone.offset_at(second)).date) {
    time.insert(0, named.date + ' ');
  }
  switch (change.kind) {
    case ClockChange::Kind::kGap:
      return "clock went forward: " + time +
             (change.several ? " and others do not exist" : " does not exist");
    case ClockChange::Kind::kFirstPass: return "clock goes back: the first " + time + " of two";
    case ClockChange::Kind::kSecondPass: break;
  }
  return "clock went back: the second " + time + " of two";
}

}  // namespace jobsched::cron
