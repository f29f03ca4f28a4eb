#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace jobsched::http {

// What came of reading or writing.
struct Transfer {
  enum class End {
    kNone,    // `bytes` were transferred
    kWait,    // nothing now: wait for readiness
    kClosed,  // the peer sends no more
    kBroken,  // the connection is lost
    kPlain,   // the peer speaks plain HTTP to a port for TLS; it is answered in plain, too
  };

  std::size_t bytes = 0;
  End end = End::kNone;
};

// Either what is wanted of a connection, or what its descriptor is to be waited for.
struct Readiness {
  bool readable = false;
  bool writable = false;
};

// The bytes of one connection; all that a connection knows of what carries them. Never blocks and
// never raises SIGPIPE. Not thread-safe.
class Transport {
 public:
  virtual ~Transport() = default;

  virtual Transfer read(std::span<char> into) = 0;

  // After kWait, call again with the same bytes; more may follow them.
  virtual Transfer write(std::string_view bytes) = 0;

  // Says that nothing more will be written; the peer may go on sending.
  virtual void finish() = 0;

  // Whether bytes of the connection's own can be read and written: a handshake is over.
  virtual bool established() const = 0;

  // What to wait for with `fd` in order to read or write: not always the same, because TLS may have
  // to write before it can read. When it has come, try whatever is wanted.
  virtual Readiness awaits(Readiness wanted) const = 0;

  // Whether `read` has bytes at hand of which the descriptor shows nothing.
  virtual bool holds_bytes() const = 0;

  virtual int fd() const = 0;
};

}  // namespace jobsched::http
