#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "core/time/instant.h"

namespace jobsched {

// What a clock on the wall shows, in pieces from which people and machines get their own order.
struct LocalText {
  std::string date;          // "2026-03-08"
  std::string time;          // "03:00:00", with ".250" only if the milliseconds are not zero
  std::string offset;        // "-04:00", with the seconds only if they are not zero: "-00:44:30"
  std::string_view weekday;  // "Sun"
};

// At `instant` where local time = UTC + offset. Requires: the local year is 0000 to 9999.
LocalText local_text(Instant instant, std::chrono::seconds offset);

// The same as one ISO 8601 text: "2026-03-08T03:00:00-04:00".
std::string format_local(Instant instant, std::chrono::seconds offset);

}  // namespace jobsched
