#include "core/time/iso8601.h"
#include "tests/fuzz/fuzz.h"

using jobsched::fuzz::require;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = jobsched::fuzz::as_text(data, size);
  const auto parsed = jobsched::parse_date_time(text);
  if (!parsed) {
    require(!parsed.error().detail.empty() && parsed.error().position <= text.size());
    return 0;
  }
  const auto instant = jobsched::parse_instant(text);
  if (!instant) return 0;
  require(parsed->offset.has_value());
  // What is written means the same, and is written the same again.
  require(jobsched::parse_instant(jobsched::format_instant(*instant)) == *instant);
  return 0;
}
