#pragma once

#include <string>
#include <vector>

#include "cmd/failure.h"
#include "cmd/globals.h"

namespace jobsched::cmd {

// `jobsched pause` and `jobsched resume`: let jobs not fire, and go on. They do all that they can
// and fail with the worst of what they met. The ids may be read from standard input, as `-`.
struct PauseOptions {
  std::vector<std::string> ids;
};

struct ResumeOptions {
  std::vector<std::string> ids;
};

CLI::App* setup(CLI::App& parent, PauseOptions& options);
CLI::App* setup(CLI::App& parent, ResumeOptions& options);
Fallible<void> run(const PauseOptions& options, const Globals& globals);
Fallible<void> run(const ResumeOptions& options, const Globals& globals);

}  // namespace jobsched::cmd
