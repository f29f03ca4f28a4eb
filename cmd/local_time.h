#pragma once

#include <string>
#include <string_view>

#include "cmd/environment.h"
#include "cmd/failure.h"
#include "core/time/instant.h"
#include "core/time/zone.h"

namespace jobsched::cmd {

// The user's zone: that of $TZ, else of /etc/localtime. Errors: kUsage.
Fallible<Zone> local_zone(const Environment& environment);

// The zone of an IANA name that the option `name` gives, from $TZDIR or the system's directory.
// Errors: kRefused, with the nearest name.
Fallible<Zone> named_zone(const std::string& name,
                          std::string_view iana_name,
                          const Environment& environment);

// Finds zones by their names, in the same place.
ZoneLookup zones_of(const Environment& environment);

// Reads a TIME (core/time/time_text.h) given as the option `name`, in `zone`. Errors: kUsage.
Fallible<Instant> parse_time_in(const Zone& zone,
                                const std::string& name,
                                std::string_view text,
                                Instant now);

// The same in the user's zone.
Fallible<Instant> parse_local_time(const std::string& name,
                                   std::string_view text,
                                   Instant now,
                                   const Environment& environment);

}  // namespace jobsched::cmd
