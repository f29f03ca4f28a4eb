#pragma once

#include <utility>

#include "daemon/fd.h"
#include "daemon/http/transport.h"

namespace jobsched::http {

// The transport that adds nothing.
class Socket final : public Transport {
 public:
  // Requires: a connected, non-blocking stream socket.
  explicit Socket(Fd fd) : fd_(std::move(fd)) {}

  Transfer read(std::span<char> into) override;
  Transfer write(std::string_view bytes) override;
  void finish() override;

  bool established() const override { return true; }

  Readiness awaits(Readiness wanted) const override { return wanted; }

  bool holds_bytes() const override { return false; }

  int fd() const override { return fd_.get(); }

 private:
  Fd fd_;
};

}  // namespace jobsched::http
