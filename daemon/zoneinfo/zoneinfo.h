#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/environment.h"
#include "core/error.h"
#include "core/time/zone.h"

namespace jobsched {

// Where the system keeps its compiled time zones.
constexpr std::string_view kZoneinfoDirectory = "/usr/share/zoneinfo";

// What says which of them is the local one.
constexpr std::string_view kLocaltimePath = "/etc/localtime";

// Where compiled zones are looked for: $TZDIR or kZoneinfoDirectory.
std::string zone_directory(const Environment& environment);

// Loads a time zone by its IANA name, e.g. "Europe/Berlin", from a directory of compiled zones.
// "UTC" needs no file. Nothing is kept: a zone loaded again is as the
// disk has it then.
// Errors: kInvalid with field "timezone": no such name (a near one is named if there is one), a
// name with other characters than letters, digits, `_`, `+`, `-` and single `/` between them, or a
// file that is no zone.
Result<Zone> load_zone(std::string_view iana_name, const std::filesystem::path& directory);

// Loads the local time zone as the C library chooses it: by the value of the variable TZ (an IANA
// name, an absolute path, either after a `:` or not, or a POSIX rule such as "CET-1CEST,M3.5.0,
// M10.5.0/3"; UTC if it is empty), else from `localtime_path`; UTC if there is no such file.
// The zone has its IANA name where it is known. Errors: as of load_zone.
Result<Zone> load_local_zone(std::optional<std::string_view> tz_variable,
                             const std::filesystem::path& directory,
                             const std::filesystem::path& localtime_path);

}  // namespace jobsched
