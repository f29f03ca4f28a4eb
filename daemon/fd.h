#pragma once

#include <unistd.h>

#include <utility>

namespace jobsched {

// Owns a file descriptor and closes it. -1 is none.
class Fd {
 public:
  Fd() = default;

  explicit Fd(int fd) : fd_(fd) {}

  Fd(Fd&& other) noexcept : fd_(other.release()) {}

  Fd& operator=(Fd&& other) noexcept {
    reset(other.release());
    return *this;
  }

  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;

  ~Fd() { reset(); }

  int get() const { return fd_; }

  explicit operator bool() const { return fd_ >= 0; }

  // Gives the descriptor away.
  int release() { return std::exchange(fd_, -1); }

  // Closes what it has and takes `fd`. An error of close is not reported: nothing written through
  // it may depend on one.
  void reset(int fd = -1) {
    const int old = std::exchange(fd_, fd);
    if (old >= 0) ::close(old);
  }

 private:
  int fd_ = -1;
};

}  // namespace jobsched
