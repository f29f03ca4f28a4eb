#pragma once

#include <memory>
#include <string>

#include <tl/expected.hpp>

#include "cmd/awaiting.h"
#include "cmd/server_address.h"
#include "daemon/http/transport.h"

namespace jobsched::cmd {

// Why there is no connection: a SIGINT that is held, an error of the system, or what `reason` says.
struct NoConnection {
  bool interrupted = false;
  int os_error = 0;
  std::string reason = {};
  bool untrusted = false;  // because of its certificate
};

// Connects to a daemon: looks its name up, tries its addresses in turn, shakes hands if it is TLS.
// What is given back is established and does not block.
tl::expected<std::unique_ptr<http::Transport>, NoConnection> connect_to(const ServerAddress& server,
                                                                        SteadyTime deadline);

}  // namespace jobsched::cmd
