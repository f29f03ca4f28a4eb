#pragma once

#include <optional>
#include <string>

#include "cmd/failure.h"
#include "cmd/globals.h"

namespace jobsched::cmd {

// `jobsched listen`: a callback endpoint that prints what it receives, to try things out.
struct ListenOptions {
  std::optional<std::string> address;
  std::optional<std::string> count;
  std::optional<std::string> status;
};

CLI::App* setup(CLI::App& parent, ListenOptions& options);
Fallible<void> run(const ListenOptions& options, const Globals& globals);

}  // namespace jobsched::cmd
