#pragma once

#include <string>

#include "cmd/failure.h"
#include "cmd/globals.h"
#include "core/time/instant.h"

namespace jobsched::cmd {

// `jobsched add -f`: stores the jobs of a file (cmd/job_file.h) and prints their ids in its order.
// Every document is checked before the first one is sent; what depends on the daemon's own limits,
// only the daemon can tell. They go in requests of many jobs, each stored whole or not at all:
// after a failure the ids printed are those of the jobs that are stored. As a dry run it only
// checks.
Fallible<void> add_file(const std::string& path, bool dry_run, Instant now, const Globals& globals);

}  // namespace jobsched::cmd
