#pragma once

#include "cmd/failure.h"
#include "daemon/settings/files.h"

namespace jobsched::cmd {

// The settings of the daemon, and where they are from. Every fault is printed.
// Errors: kConfiguration.
Fallible<SettingsResult> load_settings(const SettingsSource& source);

}  // namespace jobsched::cmd
