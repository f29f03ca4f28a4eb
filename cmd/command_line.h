#pragma once

#include <string>
#include <vector>

#include "cmd/environment.h"
#include "cmd/exit_code.h"

namespace jobsched::cmd {

// Carries out one command line, without the program's name: data to standard output, messages to
// standard error. Throws nothing of its own.
ExitCode run_command_line(const std::vector<std::string>& words, Environment environment);

}  // namespace jobsched::cmd
