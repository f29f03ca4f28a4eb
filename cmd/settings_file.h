#pragma once

#include <optional>
#include <string>

#include "cmd/failure.h"
#include "cmd/globals.h"
#include "daemon/settings/settings.h"

namespace jobsched::cmd {

// The settings file when none is named.
constexpr std::string_view kDefaultConfig = "/etc/jobsched/jobsched.yaml";

// The settings of the daemon, from the file that is named, else from the default one if it is
// there, the environment and the flags. Every fault is printed. Errors: kConfiguration.
Fallible<Settings> load_settings(const std::optional<std::string>& config,
                                 const Environment& environment,
                                 const SettingsFlags& flags);

}  // namespace jobsched::cmd
