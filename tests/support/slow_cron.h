#pragma once

#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/time/instant.h"
#include "core/time/zone.h"

namespace jobsched::test {

// A second reading of the dialect, for comparison: it asks of one date or time after the other
// whether the fields' text names it. Slow, and shares no code with the engine. Takes valid
// expressions only.
class SlowCron {
 public:
  explicit SlowCron(std::string_view text);

  bool fires_on(std::chrono::year_month_day date) const;
  bool fires_at(std::chrono::local_seconds time) const;

  bool every_hour() const { return every_hour_; }

  // The first fire time in UTC after `after` and not later than `until`, day by day and second
  // by second.
  std::optional<Instant> next(Instant after, Instant until) const;

  // All fire times in the zone between `begin` and `end`, looked at `step` apart: what the clock
  // shows is read off the periods, and the rules for gaps and overlaps are followed to the letter.
  // `before` is how long before `begin` the clock may last have shown a later time than at `begin`.
  std::vector<std::chrono::sys_seconds> fires_in(const Zone& zone,
                                                 std::chrono::sys_seconds begin,
                                                 std::chrono::sys_seconds end,
                                                 std::chrono::seconds step,
                                                 std::chrono::seconds before) const;

 private:
  std::vector<std::string> fields_;
  std::vector<bool> times_;  // which seconds of a day the first three fields name
  bool every_hour_ = true;
};

}  // namespace jobsched::test
