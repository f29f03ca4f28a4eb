#include "tests/support/endpoint.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include <doctest/doctest.h>

namespace jobsched::testing {

namespace {

constexpr int kBacklog = 1'024;  // a test connects hundreds at once

std::size_t content_length(std::string_view head) {
  constexpr std::string_view kName = "\r\nContent-Length: ";
  const std::size_t at = head.find(kName);
  if (at == std::string_view::npos) return 0;
  std::size_t length = 0;
  const char* begin = head.data() + at + kName.size();
  std::from_chars(begin, head.data() + head.size(), length);
  return length;
}

Fd bind_to_loopback() {
  Fd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  return fd;
}

std::uint16_t port_of(const Fd& fd) {
  sockaddr_in address{};
  socklen_t length = sizeof address;
  REQUIRE(::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &length) == 0);
  return ntohs(address.sin_port);
}

}  // namespace

bool Connection::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    sent_ += static_cast<std::size_t>(sent);
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

std::string Connection::receive() {
  std::array<char, 16'384> piece{};
  while (true) {
    const std::size_t end = buffer_.find("\r\n\r\n");
    if (end != std::string::npos) {
      const std::size_t length = end + 4 + content_length(std::string_view(buffer_).substr(0, end));
      if (buffer_.size() >= length) {
        std::string request = buffer_.substr(0, length);
        buffer_.erase(0, length);
        return request;
      }
    }
    const ssize_t got = ::recv(fd_, piece.data(), piece.size(), 0);
    if (got <= 0) return {};
    buffer_.append(piece.data(), static_cast<std::size_t>(got));
  }
}

void Connection::wait_for_close() {
  std::array<char, 1'024> piece{};
  while (::recv(fd_, piece.data(), piece.size(), 0) > 0) {
  }
}

void Connection::wait_without_reading() {
  pollfd waiting{fd_, POLLRDHUP, 0};
  ::poll(&waiting, 1, -1);
}

void Connection::use_small_buffer() {
  const int bytes = 4'096;
  ::setsockopt(fd_, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
}

void Connection::reset() {
  const linger hard{1, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
}

Endpoint::Endpoint(Behaviour behaviour, std::string greeting, Reads reads)
    : behaviour_(std::move(behaviour)),
      greeting_(std::move(greeting)),
      reads_(reads),
      listener_(bind_to_loopback()),
      port_(port_of(listener_)) {
  REQUIRE(::listen(listener_.get(), kBacklog) == 0);
  acceptor_ = std::thread([this] { accept_all(); });
}

Endpoint::~Endpoint() {
  ::shutdown(listener_.get(), SHUT_RDWR);
  acceptor_.join();
  {
    const std::lock_guard lock(mutex_);
    for (const Client& client : clients_) {
      if (client.fd) ::shutdown(client.fd.get(), SHUT_RDWR);
    }
  }
  for (Client& client : clients_)
    client.thread.join();
}

void Endpoint::accept_all() {
  while (true) {
    Fd fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!fd) return;
    const std::lock_guard lock(mutex_);
    Client& client = clients_.emplace_back();
    client.fd = std::move(fd);
    client.thread = std::thread([this, &client] {
      serve(client.fd.get());
      const std::lock_guard end(mutex_);
      client.fd.reset();
    });
  }
}

void Endpoint::serve(int fd) {
  Connection connection(fd, sent_);
  connection.send(greeting_);
  if (reads_ == Reads::kNothing) {
    behaviour_(connection, {});
    return;
  }
  while (true) {
    const std::string request = connection.receive();
    if (request.empty()) return;
    {
      const std::lock_guard lock(mutex_);
      requests_.push_back(request);
    }
    if (!behaviour_(connection, request)) return;
  }
}

std::string Endpoint::url(std::string_view path) const {
  return "http://127.0.0.1:" + std::to_string(port_) + std::string(path);
}

std::vector<std::string> Endpoint::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

std::size_t Endpoint::connections() const {
  const std::lock_guard lock(mutex_);
  return clients_.size();
}

Endpoint::Behaviour answers(std::string answer) {
  return [answer = std::move(answer)](Connection& connection, const std::string&) {
    return connection.send(answer);
  };
}

std::uint16_t unused_port() {
  return port_of(bind_to_loopback());
}

}  // namespace jobsched::testing
