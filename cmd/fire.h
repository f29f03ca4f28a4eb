#pragma once

#include <string>
#include <vector>

#include "cmd/failure.h"
#include "cmd/globals.h"

namespace jobsched::cmd {

// `jobsched fire`: fires jobs now, besides their schedule, all that it can; prints the ids of the
// deliveries. Fails with the worst of what it met. The ids may be read from standard input, as `-`.
struct FireOptions {
  std::vector<std::string> ids;
};

CLI::App* setup(CLI::App& parent, FireOptions& options);
Fallible<void> run(const FireOptions& options, const Globals& globals);

}  // namespace jobsched::cmd
