#include "core/cron/fire_days.h"

namespace jobsched::cron {

namespace {

using std::chrono::day;
using std::chrono::days;
using std::chrono::local_days;
using std::chrono::month;
using std::chrono::year;
using std::chrono::year_month;
using std::chrono::year_month_day;

constexpr unsigned kSunday = 0;
constexpr unsigned kSaturday = 6;

// What decides on which days of a month a day rule fires.
struct MonthKind {
  unsigned length;
  unsigned first_weekday;  // 0 = Sunday

  unsigned weekday(unsigned date) const { return (first_weekday + date - 1) % 7; }
};

unsigned nearest_workday(const MonthKind& kind, unsigned date) {
  switch (kind.weekday(date)) {
    case kSaturday: return date == 1 ? 3 : date - 1;
    case kSunday: return date == kind.length ? date - 2 : date + 1;
    default: return date;
  }
}

// The days of a month counted from its end, as its dates.
Bits dates_from_end(const MonthKind& kind, Bits offsets) {
  Bits dates = 0;
  for (Bits rest = offsets & between(0, kind.length - 1); rest != 0; rest &= rest - 1) {
    dates |= bit(kind.length - least(rest));
  }
  return dates;
}

// The dates of a day of the week (1 = Sunday), some of them beyond the month's end.
Bits dates_of_weekday(const MonthKind& kind, unsigned weekday) {
  constexpr Bits kEverySeventh = bit(0) | bit(7) | bit(14) | bit(21) | bit(28);
  return kEverySeventh << ((weekday + 6 - kind.first_weekday) % 7 + 1);
}

Bits dates_of(const DayRule& rule, const MonthKind& kind) {
  const Bits all = between(1, kind.length);
  Bits dates = rule.days | dates_from_end(kind, rule.from_end);
  const Bits near = rule.workdays | dates_from_end(kind, rule.workdays_from_end);
  for (Bits rest = near & all; rest != 0; rest &= rest - 1) {
    dates |= bit(nearest_workday(kind, least(rest)));
  }
  for (Bits rest = rule.weekdays; rest != 0; rest &= rest - 1) {
    dates |= dates_of_weekday(kind, least(rest));
  }
  if (rule.last_weekday != 0) {
    dates |= bit(greatest(dates_of_weekday(kind, rule.last_weekday) & all));
  }
  if (rule.nth_weekday != 0) {
    dates |= bit(least(dates_of_weekday(kind, rule.nth_weekday)) + 7 * (rule.nth - 1));
  }
  return dates & all;
}

unsigned length_of(year_month month) {
  constexpr std::array<unsigned, 13> kLengths{0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const auto index = static_cast<unsigned>(month.month());
  return index == 2 && month.year().is_leap() ? 29 : kLengths[index];
}

}  // namespace

FireDays::FireDays(const Fields& fields) : months_(fields.months), years_(fields.years) {
  bool every_month_fires = true;
  for (unsigned length = 28; length <= 31; ++length) {
    for (unsigned weekday = 0; weekday < 7; ++weekday) {
      const Bits dates = dates_of(fields.days, {length, weekday});
      month_kinds_[length - 28][weekday] = static_cast<std::uint32_t>(dates);
      every_month_fires &= dates != 0;
    }
  }
  if (every_month_fires) return;
  for (auto y = years_.next(kFirstYear); y; y = years_.next(*y + 1)) {
    if (!first_in(*y, 1)) years_.erase(*y);
  }
}

Bits FireDays::days_of(year_month month) const {
  const local_days first{month / day{1}};
  const unsigned weekday = std::chrono::weekday{first}.c_encoding();
  return month_kinds_[length_of(month) - 28][weekday];
}

std::optional<local_days> FireDays::first_in(int y, unsigned first_month) const {
  for (Bits rest = months_ & from(first_month); rest != 0; rest &= rest - 1) {
    const year_month in{year{y}, month{least(rest)}};
    const Bits dates = days_of(in);
    if (dates != 0) return local_days{in / day{least(dates)}};
  }
  return {};
}

std::optional<local_days> FireDays::next(local_days from_day) const {
  const year_month_day date{from_day};
  const auto y = static_cast<int>(date.year());
  if (years_.contains(y)) {
    const auto m = static_cast<unsigned>(date.month());
    if (contains(months_, m)) {
      const auto d = static_cast<unsigned>(date.day());
      const Bits dates = days_of(date.year() / date.month()) & from(d);
      if (dates != 0) return from_day + days{least(dates) - d};
    }
    if (const auto found = first_in(y, m + 1)) return found;
  }
  const std::optional<int> later = years_.next(y + 1);
  return later ? first_in(*later, 1) : std::nullopt;
}

std::optional<days> FireDays::least_gap() const {
  std::optional<days> least_so_far;
  const auto offer = [&](days gap) {
    if (!least_so_far || gap < *least_so_far) least_so_far = gap;
  };
  std::optional<local_days> previous;
  for (auto y = years_.next(kFirstYear); y; y = years_.next(*y + 1)) {
    for (Bits rest = months_; rest != 0; rest &= rest - 1) {
      const year_month in{year{*y}, month{least(rest)}};
      const Bits dates = days_of(in);
      if (dates == 0) continue;
      if (const unsigned gap = cron::least_gap(dates); gap != 0) offer(days{gap});
      if (previous) offer(local_days{in / day{least(dates)}} - *previous);
      previous = local_days{in / day{greatest(dates)}};
      if (least_so_far == days{1}) return least_so_far;
    }
  }
  return least_so_far;
}

}  // namespace jobsched::cron
