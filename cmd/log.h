#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cmd/failure.h"
#include "cmd/globals.h"

namespace jobsched::cmd {

// `jobsched log`: prints the attempt log, of all jobs or of some jobs and deliveries, the latest
// last; or goes on printing what happens (cmd/log_follow.h). The ids may be read from standard
// input, as `-`.
struct LogOptions {
  std::vector<std::string> ids;
  std::optional<std::string> state;
  std::optional<std::string> since;
  std::optional<std::string> count;
  bool follow = false;
};

CLI::App* setup(CLI::App& parent, LogOptions& options);
Fallible<void> run(const LogOptions& options, const Globals& globals);

}  // namespace jobsched::cmd
