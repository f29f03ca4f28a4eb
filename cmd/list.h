#pragma once

#include "cmd/failure.h"
#include "cmd/globals.h"

namespace jobsched::cmd {

// `jobsched list`: prints the ids of all jobs, oldest first.
struct ListOptions {};

CLI::App* setup(CLI::App& parent, ListOptions& options);
Fallible<void> run(const ListOptions& options, const Globals& globals);

}  // namespace jobsched::cmd
