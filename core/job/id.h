#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/time/instant.h"

namespace jobsched {

// A job's id: a UUID (RFC 9562). Ids of this project are version 7, so they sort by the time of
// creation; any version is read.
struct JobId {
  std::array<std::uint8_t, 16> bytes{};

  auto operator<=>(const JobId&) const = default;
};

// Reads the 36-character form, in any case; absent if the text is not one.
std::optional<JobId> parse_job_id(std::string_view text);

// 36 characters, lower case.
std::string format_job_id(const JobId& id);

// When an id of version 7 was made.
Instant id_time(const JobId& id);

// Makes version 7 ids that rise strictly, even within a millisecond and when the clock steps back:
// the 12 bits after the time are a counter (RFC 9562 section 6.2, method 1). Not thread-safe.
class JobIdGenerator {
 public:
  // `random` supplies 62 random bits of each id in its low bits.
  JobId next(Instant now, std::uint64_t random);

 private:
  std::int64_t last_millis_ = 0;
  std::uint16_t counter_ = 0;
};

}  // namespace jobsched
