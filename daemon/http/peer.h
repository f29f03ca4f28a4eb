#pragma once

#include <string>

namespace jobsched::http {

// The IP address that a connected socket's peer has, as text, without a zone or port: an IPv4
// address that comes by way of IPv6 as what it is; nobody's, 0.0.0.0 or ::, if the peer has gone.
// Empty on a UNIX socket, and only there.
std::string peer_address(int socket);

}  // namespace jobsched::http
