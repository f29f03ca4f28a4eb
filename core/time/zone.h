#pragma once

#include <chrono>
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

 private:
  std::string name_;
  std::vector<Period> periods_;
};

// Parses a compiled zone file (TZif version 1 to 4, RFC 9636), its POSIX footer included, which is
// expanded to the end of 2199. Errors: kInvalid.
Result<Zone> parse_tzif(std::string name, std::string_view bytes);

}  // namespace jobsched
