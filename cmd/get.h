#pragma once

#include <string>
#include <vector>

#include "cmd/failure.h"
#include "cmd/globals.h"

namespace jobsched::cmd {

// `jobsched get`: prints jobs. The ids may be read from standard input, as `-`.
struct GetOptions {
  std::vector<std::string> ids;
};

CLI::App* setup(CLI::App& parent, GetOptions& options);
Fallible<void> run(const GetOptions& options, const Globals& globals);

}  // namespace jobsched::cmd
