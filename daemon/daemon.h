#pragma once

#include "daemon/settings/settings.h"

namespace jobsched {

// The daemon from start to end, in the foreground: opens the store, listens, serves and fires until
// it is told to stop (SIGTERM or SIGINT: drain; a second one: at once). Logs to standard error.
// Returns the exit status: 0 stopped as told, 1 could not start or go on, 75 another daemon has the
// store. Called once in a process, from its only thread.
int run_daemon(const Settings& settings);

}  // namespace jobsched
