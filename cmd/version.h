#pragma once

#include "cmd/failure.h"
#include "cmd/globals.h"

namespace jobsched::cmd {

// `jobsched version`: prints the versions of the program and of all that it is linked with: those
// that run, where a library says so, else those that it was built with.
struct VersionOptions {};

CLI::App* setup(CLI::App& parent, VersionOptions& options);
Fallible<void> run(const VersionOptions& options, const Globals& globals);

}  // namespace jobsched::cmd
