#pragma once

#include <string>
#include <vector>

#include "cmd/failure.h"
#include "cmd/globals.h"

namespace jobsched::cmd {

// `jobsched rm`: deletes jobs: all that it can, and fails with the worst of what it met. The ids
// may be read from standard input, as `-`.
struct RmOptions {
  std::vector<std::string> ids;
};

CLI::App* setup(CLI::App& parent, RmOptions& options);
Fallible<void> run(const RmOptions& options, const Globals& globals);

}  // namespace jobsched::cmd
