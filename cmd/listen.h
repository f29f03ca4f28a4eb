#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cmd/failure.h"
#include "cmd/globals.h"

namespace jobsched::cmd {

// `jobsched listen`: a callback endpoint that prints what it receives, checks signatures and
// answers as it is told, to try things out.
struct ListenOptions {
  std::optional<std::string> address;
  std::optional<std::string> count;
  std::vector<std::string> statuses;
  std::vector<std::string> headers;
  std::optional<std::string> delay;
  std::optional<std::string> secret_file;
};

CLI::App* setup(CLI::App& parent, ListenOptions& options);
Fallible<void> run(const ListenOptions& options, const Globals& globals);

}  // namespace jobsched::cmd
