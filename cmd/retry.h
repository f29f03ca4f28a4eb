#pragma once

#include <string>
#include <vector>

#include "cmd/failure.h"
#include "cmd/globals.h"

namespace jobsched::cmd {

// `jobsched retry`: has deliveries attempted again now, all that it can, and fails with the worst
// of what it met. The ids may be read from standard input, as `-`.
struct RetryOptions {
  std::vector<std::string> deliveries;
};

CLI::App* setup(CLI::App& parent, RetryOptions& options);
Fallible<void> run(const RetryOptions& options, const Globals& globals);

}  // namespace jobsched::cmd
