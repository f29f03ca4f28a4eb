#pragma once

#include <string>
#include <vector>

#include "core/time/zone.h"

namespace jobsched::test {

// A zone of the system's time zone data. Throws if it is not installed.
Zone system_zone(const std::string& name);

// The names of all of them, in order, links included.
std::vector<std::string> system_zone_names();

}  // namespace jobsched::test
