#pragma once

#include <optional>
#include <string>

#include "cmd/failure.h"
#include "cmd/globals.h"

namespace jobsched::cmd {

// `jobsched status`: says how the daemon is. kDone: it is ready; kError: it is up, but not ready;
// kUnreachable: it does not answer.
struct StatusOptions {
  std::optional<std::string> wait;  // until it is ready, for so long at most; empty: for ever
};

CLI::App* setup(CLI::App& parent, StatusOptions& options);
Fallible<void> run(const StatusOptions& options, const Globals& globals);

}  // namespace jobsched::cmd
