#pragma once

#include <optional>
#include <string>

#include "cmd/failure.h"
#include "cmd/globals.h"

namespace jobsched::cmd {

// `jobsched list`: prints the ids of jobs, oldest first, or a table of them.
struct ListOptions {
  bool table = false;
  std::optional<std::string> state = {};
  std::optional<std::string> name = {};
};

CLI::App* setup(CLI::App& parent, ListOptions& options);
Fallible<void> run(const ListOptions& options, const Globals& globals);

}  // namespace jobsched::cmd
