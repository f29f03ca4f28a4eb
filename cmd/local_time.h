#pragma once

#include <string>
#include <string_view>

#include "cmd/environment.h"
#include "cmd/failure.h"
#include "core/time/instant.h"

namespace jobsched::cmd {

// Reads a TIME (core/time/time_text.h) given as the option `name`, in the user's zone: that of $TZ,
// else of /etc/localtime. Errors: kUsage.
Fallible<Instant> parse_local_time(const std::string& name,
                                   std::string_view text,
                                   Instant now,
                                   const Environment& environment);

}  // namespace jobsched::cmd
