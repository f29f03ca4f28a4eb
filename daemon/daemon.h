#pragma once

#include "core/error.h"
#include "daemon/settings/files.h"

namespace jobsched {

// Whether the files that the settings name, other than the store, can be used. Errors: kInvalid
// naming the file and what is wrong with it.
Result<void> check_files(const Settings& settings);

// The daemon from start to end, in the foreground: opens the store, listens, serves and fires until
// it is told to stop (SIGTERM or SIGINT: drain; a second one: at once). SIGHUP has it read the
// settings again. Logs to standard error. Of the environment it uses what a service manager says
// there. `settings` are those of `source`.
// Returns the exit status: 0 stopped as told, 1 could not start or go on, 75 another daemon has the
// store, 78 the settings cannot work. Called once in a process, from its only thread.
int run_daemon(const Settings& settings, const SettingsSource& source);

}  // namespace jobsched
