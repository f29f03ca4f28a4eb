#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/settings/settings.h"

namespace jobsched {

// The settings file when none is named.
inline constexpr std::string_view kDefaultSettingsFile = "/etc/jobsched/jobsched.yaml";

// Where a daemon has its settings from, so that they can be read again.
struct SettingsSource {
  std::optional<std::string> config;  // the file that is named: it must be there
  Environment environment;
  SettingsFlags flags;
};

// Reads the settings of `source`: the file that is named, else the default one if it is there; then
// the drop-ins, which are the files `conf.d/*.yaml` beside it in the order of their names' bytes,
// hidden ones left out; then as of `read_settings` above. A file that cannot be read is a fault.
SettingsResult read_settings(const SettingsSource& source);

}  // namespace jobsched
