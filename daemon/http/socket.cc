#include "daemon/http/socket.h"

#include <sys/socket.h>

#include <cerrno>

namespace jobsched::http {

namespace {

Transfer transferred(ssize_t result) {
  if (result >= 0) return {.bytes = static_cast<std::size_t>(result)};
  const bool again = errno == EAGAIN || errno == EINTR;
  return {.end = again ? Transfer::End::kWait : Transfer::End::kBroken};
}

}  // namespace

Transfer Socket::read(std::span<char> into) {
  const ssize_t count = ::recv(fd_.get(), into.data(), into.size(), 0);
  if (count == 0 && !into.empty()) return {.end = Transfer::End::kClosed};
  return transferred(count);
}

Transfer Socket::write(std::string_view bytes) {
  return transferred(::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL));
}

void Socket::finish() {
  ::shutdown(fd_.get(), SHUT_WR);
}

}  // namespace jobsched::http
