#pragma once

#include <optional>
#include <string>

#include "cmd/failure.h"
#include "cmd/globals.h"

namespace jobsched::cmd {

// `jobsched account`: adds, lists and removes accounts, and gives them other keys. It talks to the
// daemon's admin listener, not to the server that other commands use.
struct AccountOptions {
  std::string action;
  std::optional<std::string> name;
  std::optional<std::string> admin;
  bool force = false;
};

CLI::App* setup(CLI::App& parent, AccountOptions& options);
Fallible<void> run(const AccountOptions& options, const Globals& globals);

// Where the admin listener is: `option`, else JOBSCHED_ADMIN, else the daemon's default,
// $XDG_RUNTIME_DIR/jobsched/admin.sock, or in /run without one. Errors: kUsage.
Fallible<ServerAddress> admin_address(const std::optional<std::string>& option,
                                      const Environment& environment);

}  // namespace jobsched::cmd
