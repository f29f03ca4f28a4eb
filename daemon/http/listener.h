#pragma once

#include <sys/types.h>

#include <string>
#include <utility>
#include <vector>

#include "core/error.h"
#include "daemon/fd.h"
#include "daemon/http/server.h"
#include "daemon/http/socket_file.h"

namespace jobsched::http {

// A socket that listens, with its address in the form `parse_address` reads.
struct Listener {
  Fd fd;
  std::string text;
  SocketFile file = {};  // of a UNIX socket

  bool is_unix() const { return text.starts_with("unix:"); }
};

// Listens on an address: one listener, or for a name one for each address it stands for, all on the
// same port. The file of a UNIX socket has the mode `socket_mode`. Errors: kUnavailable naming the
// address and the reason.
Result<std::vector<Listener>> open_listeners(const Address& address,
                                             mode_t socket_mode = kSharedSocket);

// Takes over a socket that another process listens on for this one: makes it non-blocking and keeps
// it from programs that this one starts. Its file, if it is a UNIX socket, stays that process's.
// Errors: kInvalid if it is no stream socket that listens, for TCP or UNIX.
Result<Listener> adopt_listener(Fd fd);

// How to go on after accept has failed with `error`. Whatever it is, the listener stays open.
enum class AcceptFailure {
  kNone,       // nobody is waiting
  kNext,       // that client has gone: accept the next
  kExhausted,  // out of descriptors: turn one client away, then rest
  kRest,       // the system cannot serve just now: rest
};

AcceptFailure classify_accept_error(int error);

}  // namespace jobsched::http
