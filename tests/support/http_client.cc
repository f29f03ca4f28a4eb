#include "tests/support/http_client.h"

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <vector>

#include "daemon/http/server.h"

namespace jobsched::http {

namespace {

constexpr int kDeadlineSeconds = 60;  // far beyond what anything here takes
constexpr int kTakenMilliseconds = 300;

[[noreturn]] void fail_with_errno(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

Fd make_socket(int family) {
  Fd fd(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd) fail_with_errno("socket");
  const timeval deadline{kDeadlineSeconds, 0};
  ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &deadline, sizeof deadline);
  ::setsockopt(fd.get(), SOL_SOCKET, SO_SNDTIMEO, &deadline, sizeof deadline);
  return fd;
}

}  // namespace

bool Reply::has(std::string_view line) const {
  return head.find("\r\n" + std::string(line) + "\r\n") != std::string::npos;
}

TestClient::TestClient(const std::string& address) {
  if (address.starts_with("unix:")) {
    fd_ = make_socket(AF_UNIX);
  } else {
    fd_ = make_socket(address.starts_with('[') ? AF_INET6 : AF_INET);
  }
  connect(address);
}

TestClient TestClient::unconnected_tcp() {
  return TestClient(make_socket(AF_INET));
}

void TestClient::connect(const std::string& address) {
  const Address parsed = parse_address(address).value();
  if (!parsed.path.empty()) {
    sockaddr_un to{};
    to.sun_family = AF_UNIX;
    parsed.path.copy(to.sun_path, sizeof to.sun_path - 1);
    const void* const any = &to;
    if (::connect(fd_.get(), static_cast<const sockaddr*>(any), sizeof to) != 0) {
      fail_with_errno("connect");
    }
    return;
  }
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(parsed.host.c_str(), parsed.port.c_str(), &hints, &found) != 0) {
    throw std::runtime_error("getaddrinfo: " + address);
  }
  const int result = ::connect(fd_.get(), found->ai_addr, found->ai_addrlen);
  ::freeaddrinfo(found);
  if (result != 0) fail_with_errno("connect");
}

void TestClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0) fail_with_errno("send");
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

std::size_t TestClient::send_while_taken(std::string_view piece, std::size_t limit) {
  std::size_t total = 0;
  while (total < limit) {
    pollfd ready{.fd = fd_.get(), .events = POLLIN | POLLOUT, .revents = 0};
    if (::poll(&ready, 1, kTakenMilliseconds) <= 0 || (ready.revents & POLLOUT) == 0) break;
    if ((ready.revents & ~POLLOUT) != 0) break;
    // Whole pieces, so that what arrives stays a row of requests.
    const std::string_view rest = piece.substr(total % piece.size());
    const ssize_t sent = ::send(fd_.get(), rest.data(), rest.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0) break;
    total += static_cast<std::size_t>(sent);
  }
  return total;
}

void TestClient::finish() {
  ::shutdown(fd_.get(), SHUT_WR);
}

bool TestClient::read_more(std::size_t most) {
  std::vector<char> bytes(most);
  const ssize_t got = ::recv(fd_.get(), bytes.data(), bytes.size(), 0);
  if (got < 0 && errno != ECONNRESET) fail_with_errno("recv");
  if (got <= 0) return false;
  pending_.append(bytes.data(), static_cast<std::size_t>(got));
  return true;
}

Reply TestClient::read(bool bodiless) {
  std::size_t end = std::string::npos;
  while ((end = pending_.find("\r\n\r\n")) == std::string::npos) {
    if (!read_more()) throw std::runtime_error("the connection ended before an answer");
  }
  Reply reply;
  reply.head = pending_.substr(0, end + 2);
  reply.status = std::stoi(reply.head.substr(reply.head.find(' ')));
  pending_.erase(0, end + 4);
  constexpr std::string_view kLength = "\r\nContent-Length: ";
  const std::size_t field = reply.head.find(kLength);
  if (bodiless || field == std::string::npos) return reply;
  const std::size_t length = std::stoul(reply.head.substr(field + kLength.size()));
  while (pending_.size() < length) {
    if (!read_more()) throw std::runtime_error("the connection ended inside a body");
  }
  reply.body = pending_.substr(0, length);
  pending_.erase(0, length);
  return reply;
}

std::string TestClient::read_some(std::size_t most) {
  if (pending_.empty()) read_more(most);
  std::string bytes = pending_.substr(0, most);
  pending_.erase(0, bytes.size());
  return bytes;
}

std::string TestClient::read_to_end() {
  while (read_more()) {
  }
  return std::exchange(pending_, {});
}

bool TestClient::readable_within(int milliseconds) const {
  pollfd ready{.fd = fd_.get(), .events = POLLIN, .revents = 0};
  return ::poll(&ready, 1, milliseconds) > 0;
}

Reply ask(const std::string& address, std::string_view request) {
  TestClient client(address);
  client.send(request);
  return client.read();
}

}  // namespace jobsched::http
