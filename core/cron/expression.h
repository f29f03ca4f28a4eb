#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "core/cron/clock_change.h"
#include "core/cron/fields.h"
#include "core/cron/fire_days.h"
#include "core/cron/fire_times.h"
#include "core/error.h"
#include "core/time/instant.h"
#include "core/time/zone.h"

namespace jobsched::cron {

// A Quartz cron expression: seconds minutes hours day-of-month month day-of-week [year].
// An immutable value, cheap to copy; all members are thread-safe, total and bounded: none throws,
// loops without end or takes more than a millisecond.
class Expression {
 public:
  // Errors: kInvalid with field "cron", the position of the fault, and a detail that names the
  // field, what was expected there and, for a classic mistake, what to write instead.
  static Result<Expression> parse(std::string_view text);

  // The expression as it was given.
  const std::string& text() const { return text_; }

  // The first fire time strictly after `after`, in UTC; absent if there is none before the year
  // 2200.
  std::optional<Instant> next(Instant after) const;

  // The same with the fields read as wall-clock time in `zone`. An expression whose hour field
  // admits all 24 hours follows the clock as it really runs. Any other fires each wall-clock time
  // once: times inside a gap collapse into one fire at the instant the gap ends, and in an overlap
  // the first pass fires.
  std::optional<Instant> next(Instant after, const Zone& zone) const;

  // Whether its hour field admits all 24 hours.
  bool follows_the_clock() const { return times_.every_hour(); }

  // How a change of the zone's clock bears on a fire time that the function above has found.
  std::optional<ClockChange> clock_change(Instant fire_time, const Zone& zone) const;

  // The least distance between two consecutive fire times over the years 1970 to 2199, read in
  // UTC, computed from the fields. Absent if the expression fires at most once.
  std::optional<std::chrono::seconds> min_distance() const;

  // What it says, in words, without a full stop: "at 10:15 every day".
  std::string describe() const;

 private:
  Expression(std::string_view text, const Fields& fields);

  std::string text_;
  Fields fields_;
  FireDays days_;
  FireTimes times_;
};

}  // namespace jobsched::cron
