#include <algorithm>

#include "core/text/ascii.h"
#include "core/time/iso8601.h"
#include "core/time/time_text.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/new_york.h"

using jobsched::Instant;
using jobsched::Millis;
using jobsched::Zone;
using jobsched::fuzz::require;

namespace {

// "09:00", without a day.
bool is_time_of_day(std::string_view text) {
  return text.find(':') != text.npos &&
         std::ranges::all_of(text, [](char c) { return jobsched::is_digit(c) || c == ':'; });
}

void check_time(std::string_view text, Instant now, const Zone& zone) {
  const auto parsed = jobsched::parse_time(text, now, zone);
  if (!parsed) {
    require(!parsed.error().detail.empty() && parsed.error().position <= text.size());
    return;
  }
  if (is_time_of_day(text)) {
    // The next one: one night on, that the clock may make longer or shorter by an hour.
    require(*parsed > now && *parsed <= now + std::chrono::hours{25});
  }
  // An instant means what it says, whatever the zone and the time of day.
  const auto instant = jobsched::parse_instant(text);
  if (instant) require(*instant == *parsed);
  require(jobsched::parse_time(jobsched::format_instant(*parsed), now, zone) == *parsed);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Zone kNewYork = jobsched::fuzz::new_york();
  const std::string_view text = jobsched::fuzz::as_text(data, size);
  // A winter's day, and the minutes before the clock is put forward and back.
  for (const std::int64_t now : {1'767'225'599'999, 1'772'953'140'000, 1'793'512'740'000}) {
    check_time(text, Instant{Millis{now}}, Zone::utc());
    check_time(text, Instant{Millis{now}}, kNewYork);
  }
  return 0;
}
