#include "core/time/local_instant.h"

#include <chrono>
#include <string>

#include "core/time/iso8601.h"
#include "core/time/local_text.h"

namespace jobsched {

namespace {

using std::chrono::minutes;
using std::chrono::seconds;

// "2026-03-29T03:30:00+02:00", to be given in place of a time that does not exist. An offset that
// is written has no seconds.
std::string format_with_offset(Instant instant, seconds offset) {
  return format_local(instant, std::chrono::duration_cast<minutes>(offset));
}

// The period whose beginning skips `local`.
std::size_t period_after_gap(LocalTime local, const Zone& zone) {
  const auto& periods = zone.periods();
  std::size_t i = 1;
  while (local.time_since_epoch() >= periods[i].begin.time_since_epoch() + periods[i].offset)
    ++i;
  return i;
}

}  // namespace

std::vector<Instant> instants_of(LocalTime local, const Zone& zone) {
  const auto& periods = zone.periods();
  std::vector<Instant> instants;
  for (std::size_t i = 0; i < periods.size(); ++i) {
    const Instant instant{local.time_since_epoch() - periods[i].offset};
    if (i > 0 && instant < periods[i].begin) continue;
    if (i + 1 < periods.size() && instant >= periods[i + 1].begin) continue;
    instants.push_back(instant);
  }
  return instants;
}

Instant end_of_gap(LocalTime local, const Zone& zone) {
  return zone.periods()[period_after_gap(local, zone)].begin;
}

tl::unexpected<Error> skipped_time(LocalTime local, const Zone& zone) {
  const std::size_t i = period_after_gap(local, zone);
  const seconds before = zone.periods()[i - 1].offset;
  const seconds after = zone.periods()[i].offset;
  const auto since_epoch = local.time_since_epoch();
  std::string shown = format_instant(Instant{since_epoch});
  shown.pop_back();
  return fail(ErrorKind::kInvalid,
              "the clock of " + zone.name() + " skips " + shown + "; write " +
                  format_with_offset(Instant{since_epoch - after}, before) + " or " +
                  format_with_offset(Instant{since_epoch - before}, after),
              {}, 0);
}

Result<Instant> to_instant(LocalTime local, const Zone& zone) {
  const auto instants = instants_of(local, zone);
  if (instants.empty()) return skipped_time(local, zone);
  return instants.front();
}

}  // namespace jobsched
