#pragma once

#include <optional>
#include <string_view>

#include "core/time/instant.h"

namespace jobsched {

// Reads the value of a Retry-After header (RFC 9110 section 10.2.3), received at `now`: a number of
// seconds, or a date in any of the three forms of HTTP-date. Never negative, at most ten years.
// Absent if it is neither: a hint that cannot be read is no hint.
std::optional<Millis> parse_retry_after(std::string_view value, Instant now);

}  // namespace jobsched
