#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "cmd/failure.h"
#include "core/job/callback_fields.h"

namespace jobsched::cmd {

// The values of options that say how a callback is made. `name` is the option's. Errors: kUsage;
// what only the daemon's rules forbid passes.

// "Name: value"; blanks around the value do not count, and it may be empty.
Fallible<Headers::value_type> parse_header(const std::string& name, std::string_view text);

// A DURATION of whole seconds.
Fallible<std::chrono::seconds> parse_seconds(const std::string& name, std::string_view text);

// Such durations with commas between them: "5s,30s,2m".
Fallible<std::vector<std::chrono::seconds>> parse_delays(const std::string& name,
                                                         std::string_view text);

}  // namespace jobsched::cmd
