#include "core/time/zone.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <utility>

namespace jobsched {

using std::chrono::local_seconds;
using std::chrono::seconds;
using std::chrono::sys_seconds;

namespace {

local_seconds shown(sys_seconds instant, seconds offset) {
  return local_seconds{instant.time_since_epoch() + offset};
}

}  // namespace

Zone::Zone(std::string name, std::vector<Period> periods)
    : name_(std::move(name)), periods_(std::move(periods)) {
  assert(!periods_.empty() && periods_.front().begin == sys_seconds::min());
  assert(std::ranges::is_sorted(periods_, std::ranges::less_equal{}, &Period::begin));
  frontiers_.push_back(local_seconds::min());
  for (std::size_t i = 1; i < periods_.size(); ++i) {
    const local_seconds end = shown(periods_[i].begin, periods_[i - 1].offset);
    frontiers_.push_back(std::max(frontiers_.back(), end));
  }
}

const Zone& Zone::utc() {
  static const Zone zone("UTC", {{sys_seconds::min(), seconds{0}}});
  return zone;
}

std::shared_ptr<const Zone> utc_zone() {
  // It lives as long as the program, so nobody has to own it.
  return {std::shared_ptr<void>{}, &Zone::utc()};
}

Result<std::shared_ptr<const Zone>> no_zones(std::string_view iana_name) {
  return fail(ErrorKind::kInvalid, "there is no time zone `" + std::string(iana_name) + "`",
              "timezone");
}

std::uint64_t fingerprint(const Zone& zone) {
  // FNV-1a, 64 bit.
  std::uint64_t hash = 0xCBF29CE484222325;
  const auto mix = [&](std::int64_t number) {
    const auto bits = std::bit_cast<std::uint64_t>(number);
    for (int shift = 0; shift < 64; shift += 8)
      hash = (hash ^ (bits >> shift & 0xFF)) * 0x100000001B3;
  };
  for (const Zone::Period& period : zone.periods()) {
    mix(period.begin.time_since_epoch().count());
    mix(period.offset.count());
  }
  return hash;
}

std::size_t Zone::period_at(sys_seconds instant) const {
  const auto next = std::ranges::upper_bound(periods_, instant, {}, &Period::begin);
  return static_cast<std::size_t>(next - periods_.begin()) - 1;
}

seconds Zone::offset_at(sys_seconds instant) const {
  return periods_[period_at(instant)].offset;
}

local_seconds Zone::frontier(sys_seconds instant) const {
  const std::size_t i = period_at(instant);
  return std::max(frontiers_[i], shown(instant, periods_[i].offset) + seconds{1});
}

sys_seconds Zone::first_reaching(local_seconds time) const {
  const auto next = std::upper_bound(frontiers_.begin() + 1, frontiers_.end(), time);
  const auto i = static_cast<std::size_t>(next - frontiers_.begin()) - 1;
  return std::max(periods_[i].begin, sys_seconds{time.time_since_epoch() - periods_[i].offset});
}

void append_change(std::vector<Zone::Period>& periods, const Zone::Period& change) {
  if (change.begin == periods.back().begin && periods.size() > 1) periods.pop_back();
  if (change.offset != periods.back().offset) periods.push_back(change);
}

}  // namespace jobsched
