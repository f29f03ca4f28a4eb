#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <utility>

#include "daemon/fd.h"

namespace jobsched::http {

// What came of reading or writing.
struct Transfer {
  enum class End {
    kNone,    // `bytes` were transferred
    kWait,    // nothing now: wait for readiness
    kClosed,  // the peer sends no more
    kBroken,  // the connection is lost
  };

  std::size_t bytes = 0;
  End end = End::kNone;
};

// The bytes of one connection; all that a connection knows of its transport. Never blocks and never
// raises SIGPIPE.
class Socket {
 public:
  // Requires: a connected, non-blocking stream socket.
  explicit Socket(Fd fd) : fd_(std::move(fd)) {}

  Transfer read(std::span<char> into);
  Transfer write(std::string_view bytes);

  // Says that nothing more will be sent; the peer may go on sending.
  void finish();

  int fd() const { return fd_.get(); }

 private:
  Fd fd_;
};

}  // namespace jobsched::http
