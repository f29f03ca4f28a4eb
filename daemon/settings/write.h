#pragma once

#include <string>

#include "daemon/settings/settings.h"

namespace jobsched {

// Every setting with its value, as YAML that `read_settings` reads to the same values, each with a
// comment that says where it is from: `# default`, `# file:line`, `# JOBSCHED_LISTEN`, `#
// --listen`. A setting without a value is a comment. None is a secret: keys and the like stay in
// their files.
std::string write_settings(const SettingsResult& result);

}  // namespace jobsched
