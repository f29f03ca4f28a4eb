#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/time/instant.h"

namespace jobsched {

// A time zone's rules as data: the offset from UTC over the whole time line to the end of 2199.
// An immutable value; reading it is thread-safe. Where zones come from is not this type's affair:
// `parse_tzif` takes the bytes of a compiled zone file.
class Zone {
 public:
  // From `begin` on, local time = UTC + offset.
  struct Period {
    std::chrono::sys_seconds begin;
    std::chrono::seconds offset;
  };

  // Requires: periods is not empty, ordered by begin, and its first begin is sys_seconds::min().
  Zone(std::string name, std::vector<Period> periods);

  static const Zone& utc();

  const std::string& name() const { return name_; }

  std::chrono::seconds offset_at(std::chrono::sys_seconds instant) const;

  const std::vector<Period>& periods() const { return periods_; }

  // The index of the period that `instant` lies in.
  std::size_t period_at(std::chrono::sys_seconds instant) const;

  // How far the clock has come by `instant`, that second included: the least wall-clock time that
  // is later than all it has shown. In an overlap it stands still until the second pass is over.
  std::chrono::local_seconds frontier(std::chrono::sys_seconds instant) const;

  // The first instant at which the clock shows `time` or, if it never shows it, a later one: the
  // first pass of a time inside an overlap, the end of the gap for a time inside a gap.
  std::chrono::sys_seconds first_reaching(std::chrono::local_seconds time) const;

 private:
  std::string name_;
  std::vector<Period> periods_;
  // How far the clock has come when each period begins; rises.
  std::vector<std::chrono::local_seconds> frontiers_;
};

// UTC, for those who share their zones.
std::shared_ptr<const Zone> utc_zone();

// Finds the zone of an IANA name, such as "Europe/Berlin". Errors: kInvalid with field "timezone".
using ZoneLookup = std::function<Result<std::shared_ptr<const Zone>>(std::string_view iana_name)>;

// Finds none.
Result<std::shared_ptr<const Zone>> no_zones(std::string_view iana_name);

// A number that tells one set of rules from another, whatever their name; the same in every run and
// on every machine.
std::uint64_t fingerprint(const Zone& zone);

// Adds a change of the offset to periods that begin no later; without one they stay as they are. Of
// two changes at one instant the later one holds. Requires: periods is not empty.
void append_change(std::vector<Zone::Period>& periods, const Zone::Period& change);

// Parses a compiled zone file (TZif version 1 to 4, RFC 9636), its POSIX footer included, which is
// expanded to the end of 2199 (from 1900 on in a file without transitions). Total and bounded on
// any bytes. Refuses files that count leap seconds: POSIX time has none.
// Errors: kInvalid with field "timezone".
Result<Zone> parse_tzif(std::string name, std::string_view bytes);

}  // namespace jobsched
