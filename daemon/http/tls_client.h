#pragma once

#include <memory>
#include <string>

#include "core/error.h"
#include "daemon/fd.h"
#include "daemon/http/tls_socket.h"

namespace jobsched::http {

// Whom a client wants to speak to.
struct TlsServer {
  std::string host;         // a name or an IP address; its certificate must be for it
  std::string authorities;  // PEM: a file with those that are trusted; empty: the system's
};

// The client's side of TLS (1.2 and 1.3, ALPN "http/1.1") on a connection to `server`. Requires: a
// connected, non-blocking stream socket. Errors: kInvalid naming the file of authorities and what
// is wrong with it, kInternal if TLS cannot be set up.
Result<std::unique_ptr<TlsSocket>> connect_tls(Fd fd, const TlsServer& server);

}  // namespace jobsched::http
