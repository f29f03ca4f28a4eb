#pragma once

#include <array>
#include <cstddef>
#include <optional>

#include "core/cron/bits.h"

namespace jobsched::cron {

// The years an expression can name; beyond the last one nothing fires.
constexpr int kFirstYear = 1970;
constexpr int kLastYear = 2199;

// A set of years from kFirstYear to kLastYear.
class YearSet {
 public:
  bool contains(int year) const;
  void insert(int year);
  void erase(int year);

  // The first member that is not before `year`.
  std::optional<int> next(int year) const;

  std::size_t size() const;

  bool operator==(const YearSet&) const = default;

 private:
  static constexpr std::size_t kYears = kLastYear - kFirstYear + 1;
  std::array<Bits, (kYears + 63) / 64> words_{};
};

// On which days of a month an expression fires: the union of these sets. Days of the month are 1 to
// 31 and count from the end as 0 (the last day) to 30; days of the week are 1 (Sunday) to 7; a
// workday is Monday to Friday.
struct DayRule {
  Bits days = 0;               // `n`
  Bits from_end = 0;           // `L`, `L-n`
  Bits workdays = 0;           // `nW`: the workday nearest to n in the same month
  Bits workdays_from_end = 0;  // `LW`, `L-nW`
  Bits weekdays = 0;           // every such day of the week
  unsigned last_weekday = 0;   // `nL`: the last such day of the week in the month; 0 = none
  unsigned nth_weekday = 0;    // `n#k`: the k-th such day of the week in the month; 0 = none
  unsigned nth = 0;            // its k, 1 to 5

  bool operator==(const DayRule&) const = default;
};

// An expression's fields, each as the set of what it admits. Months are 1 to 12. None is empty.
struct Fields {
  Bits seconds = 0;
  Bits minutes = 0;
  Bits hours = 0;
  Bits months = 0;
  DayRule days;  // every day is days = 1-31 and nothing else, however it was written
  YearSet years;

  bool operator==(const Fields&) const = default;
};

constexpr Bits kAllSixty = between(0, 59);
constexpr Bits kAllHours = between(0, 23);
constexpr Bits kAllDays = between(1, 31);
constexpr Bits kAllMonths = between(1, 12);
constexpr Bits kAllWeekdays = between(1, 7);

}  // namespace jobsched::cron
