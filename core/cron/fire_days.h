#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>

#include "core/cron/fields.h"

namespace jobsched::cron {

// The days on which an expression fires. A month's days depend only on how long it is and on which
// day of the week it begins: 28 kinds of month, each worked out once as a set of days.
class FireDays {
 public:
  explicit FireDays(const Fields& fields);

  // The first fire day that is not before `day`; absent if there is none up to the end of 2199.
  std::optional<std::chrono::local_days> next(std::chrono::local_days day) const;

  // The least distance between two of them; absent if there are not two.
  std::optional<std::chrono::days> least_gap() const;

  bool empty() const { return years_.size() == 0; }

 private:
  Bits days_of(std::chrono::year_month month) const;
  std::optional<std::chrono::local_days> first_in(int year, unsigned first_month) const;

  // By length - 28 and by the day of the week of the 1st (0 = Sunday).
  std::array<std::array<std::uint32_t, 7>, 4> month_kinds_{};
  Bits months_;
  YearSet years_;  // those that have a fire day
};

}  // namespace jobsched::cron
