#pragma once

#include <chrono>
#include <optional>

#include "core/cron/fields.h"

namespace jobsched::cron {

// The times of day at which an expression fires: every combination of its hours, minutes and
// seconds.
class FireTimes {
 public:
  // Requires: no field is empty.
  explicit FireTimes(const Fields& fields)
      : seconds_(fields.seconds), minutes_(fields.minutes), hours_(fields.hours) {}

  // The first that is not before `time`. Requires: 0 <= time < 24 h.
  std::optional<std::chrono::seconds> next(std::chrono::seconds time) const;

  std::chrono::seconds first() const;
  std::chrono::seconds last() const;

  // The least distance between two of them; absent if there is one only.
  std::optional<std::chrono::seconds> least_gap() const;

  bool every_hour() const { return hours_ == kAllHours; }

 private:
  Bits seconds_;
  Bits minutes_;
  Bits hours_;
};

}  // namespace jobsched::cron
