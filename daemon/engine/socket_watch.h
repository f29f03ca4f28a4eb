#pragma once

namespace jobsched {

// The seam between who owns sockets and the event loop that waits for them. Not thread-safe.
class SocketWatch {
 public:
  virtual ~SocketWatch() = default;

  // Waits for `fd` to become readable, writable or both from now on, in place of what was waited
  // for before. An fd that is closed is forgotten by itself.
  virtual void watch(int fd, bool readable, bool writable) = 0;

  // Waits for `fd` no longer.
  virtual void unwatch(int fd) = 0;
};

}  // namespace jobsched
