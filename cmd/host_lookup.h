#pragma once

#include <netdb.h>

#include <memory>
#include <string>

#include <tl/expected.hpp>

#include "cmd/awaiting.h"

namespace jobsched::cmd {

using HostAddresses = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

// Why a host has no address: a SIGINT that is held, or what `reason` says.
struct NoAddress {
  bool interrupted = false;
  std::string reason = {};
};

// The addresses of a host for TCP, at least one: of a name, or the IP address that it is.
tl::expected<HostAddresses, NoAddress> look_up(const std::string& host,
                                               const std::string& port,
                                               SteadyTime deadline);

}  // namespace jobsched::cmd
