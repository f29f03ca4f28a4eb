#include "core/time/posix_tz.h"
#include "core/time/zone.h"
#include "tests/fuzz/fuzz.h"

using jobsched::Zone;
using jobsched::fuzz::require;
using std::chrono::local_seconds;
using std::chrono::seconds;
using std::chrono::sys_seconds;

namespace {

void check(const Zone& zone, std::size_t size) {
  // What the file lists, and two changes a year.
  require(zone.periods().size() <= size + 2 * 310);
  for (const std::int64_t second :
       {-9'000'000'000'000'000L, 0L, 1'767'225'600L, 9'000'000'000'000L}) {
    const sys_seconds instant{seconds{second}};
    const seconds offset = zone.offset_at(instant);
    require(std::chrono::abs(offset) < std::chrono::hours{26});
    // A time is first reached when the clock shows it for the first time, or passes it.
    const local_seconds shown{instant.time_since_epoch() + offset};
    require(zone.first_reaching(shown) <= instant);
    require(zone.frontier(instant) > shown);
    require(zone.first_reaching(zone.frontier(instant)) > instant);
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = jobsched::fuzz::as_text(data, size);
  const auto zone = jobsched::parse_tzif("Fuzz/Zone", bytes);
  if (zone) {
    check(*zone, size);
  } else {
    require(zone.error().field == "timezone" && !zone.error().detail.empty());
  }
  const auto rules = jobsched::parse_posix_tz(bytes);
  if (rules) {
    check(jobsched::to_zone("Fuzz/Rules", *rules), size);
  } else {
    require(rules.error().position <= bytes.size());
  }
  return 0;
}
