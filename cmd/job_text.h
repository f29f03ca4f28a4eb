#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/error.h"
#include "core/job/job.h"
#include "core/time/instant.h"

namespace jobsched::cmd {

// The daemon's JSON of a job for people: a line `field: value` for each field; a value that has
// line ends or other control characters is shown as in JSON. Errors: kMalformed.
Result<std::string> show_fields(std::string_view json);

// The same JSON with line breaks and indentation. Errors: kMalformed.
Result<std::string> indent(std::string_view json);

// What the daemon's JSON of a job says to the one who made it.
struct Summary {
  std::string id;
  std::string sentence;              // "job … fires at 2026-12-01T15:30:00Z, in 3 h"
  std::optional<Instant> time = {};  // of the next firing, if it says
};

// Errors: kMalformed if it is not a job's document.
Result<Summary> summarize(std::string_view json, Instant now);

// What a job that was only checked says to its maker: "would fire at 2026-12-01T15:30:00Z, in 3 h",
// and for a cron schedule what it says in words and, a line each, the next five fire times. A
// schedule that never fires after `now` has none.
std::string foretell(const JobSpec& job, Instant now);

// "1 job", "2 jobs".
std::string in_jobs(std::uint64_t count);

// A length of time in its two greatest units, rounded: "in 3 h", "in 2 d 4 h", "in 20 s", a year
// being 365 days; "now" for less than a second, "late" for a negative one.
std::string from_now(Millis length);

// The same for a column: "3h", "2d4h".
std::string short_from_now(Millis length);

}  // namespace jobsched::cmd
