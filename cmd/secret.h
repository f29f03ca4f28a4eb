#pragma once

#include <optional>
#include <string>

#include "cmd/failure.h"
#include "cmd/globals.h"

namespace jobsched::cmd {

// `jobsched secret`: shows since when and until when there are signing secrets; `rotate` makes a
// new one and prints it, the only time that it is shown; `rm` ends signing.
struct SecretOptions {
  std::optional<std::string> action;
  std::optional<std::string> overlap;
};

CLI::App* setup(CLI::App& parent, SecretOptions& options);
Fallible<void> run(const SecretOptions& options, const Globals& globals);

}  // namespace jobsched::cmd
