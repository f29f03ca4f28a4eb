#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cmd/failure.h"
#include "cmd/globals.h"

namespace jobsched::cmd {

// `jobsched serve`: the daemon.
struct ServeOptions {
  std::optional<std::string> config;
  std::vector<std::string> listen;
  std::optional<std::string> store;
  bool check_config = false;
  bool print_config = false;
};

CLI::App* setup(CLI::App& parent, ServeOptions& options);
Fallible<void> run(const ServeOptions& options, const Globals& globals);

}  // namespace jobsched::cmd
