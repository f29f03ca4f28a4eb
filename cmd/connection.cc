#include "cmd/connection.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include <cerrno>
#include <chrono>
#include <utility>

#include "cmd/host_lookup.h"
#include "daemon/fd.h"
#include "daemon/http/socket.h"
#include "daemon/http/tls_client.h"

namespace jobsched::cmd {

namespace {

template <class T>
using Connected = tl::expected<T, NoConnection>;

tl::unexpected<NoConnection> no_connection(NoConnection why) {
  return tl::unexpected(std::move(why));
}

tl::unexpected<NoConnection> interrupted() {
  return no_connection({.interrupted = true});
}

tl::unexpected<NoConnection> system_error(int error) {
  return no_connection({.os_error = error});
}

// A UNIX socket says EAGAIN, and nothing later, if its queue is full: it is waited for within
// connect, and looked up from now and then.
Connected<Fd> connect_to_file(const std::string& path, SteadyTime deadline) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return system_error(ENAMETOOLONG);
  path.copy(address.sun_path, path.size());
  Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd) return system_error(errno);
  for (;;) {
    const auto look = std::chrono::microseconds(next_look(deadline));
    const timeval timeout{0, look.count() + 1};  // 0 would be without end
    ::setsockopt(fd.get(), SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout);
    const auto* const to = reinterpret_cast<const sockaddr*>(&address);
    if (::connect(fd.get(), to, sizeof address) == 0) break;
    if (errno != EAGAIN && errno != EINTR) return system_error(errno);
    if (is_interrupted()) return interrupted();
    if (steady_now() >= deadline) return system_error(ETIMEDOUT);
  }
  if (::fcntl(fd.get(), F_SETFL, O_NONBLOCK) != 0) return system_error(errno);
  return fd;
}

Connected<Fd> connect_to_address(const addrinfo& address, SteadyTime deadline) {
  Fd fd(::socket(address.ai_family, address.ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK,
                 address.ai_protocol));
  if (!fd) return system_error(errno);
  const int on = 1;
  ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::connect(fd.get(), address.ai_addr, address.ai_addrlen) == 0) return fd;
  if (errno != EINPROGRESS) return system_error(errno);
  switch (await_ready(fd.get(), {.writable = true}, deadline)) {
    case Awaited::kInterrupted: return interrupted();
    case Awaited::kTimeout: return system_error(ETIMEDOUT);
    case Awaited::kReady: break;
  }
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) return system_error(error);
  return fd;
}

// One address that does not answer leaves the others their share of the time.
Connected<Fd> connect_to_host(const ServerAddress& server, SteadyTime deadline) {
  const auto addresses = look_up(server.host, server.port, deadline);
  if (!addresses) {
    return no_connection(
        {.interrupted = addresses.error().interrupted, .reason = addresses.error().reason});
  }
  int left = 0;
  for (const addrinfo* one = addresses->get(); one != nullptr; one = one->ai_next)
    ++left;
  Connected<Fd> connected = system_error(EADDRNOTAVAIL);
  for (const addrinfo* one = addresses->get(); one != nullptr; one = one->ai_next) {
    const SteadyTime now = steady_now();
    connected = connect_to_address(*one, now + (deadline - now) / left--);
    if (connected || connected.error().interrupted) break;
  }
  return connected;
}

Connected<std::unique_ptr<http::Transport>> shake_hands(Fd fd,
                                                        const ServerAddress& server,
                                                        SteadyTime deadline) {
  auto made = http::connect_tls(std::move(fd), {server.host, server.cacert});
  if (!made) return no_connection({.reason = made.error().detail});
  http::TlsSocket& socket = **made;
  for (;;) {
    const http::Transfer transfer = socket.shake_hands();
    if (transfer.end == http::Transfer::End::kNone) return std::move(*made);
    if (transfer.end != http::Transfer::End::kWait) {
      const std::string fault = socket.fault();
      return no_connection(
          {.reason = fault.empty() ? "it closed the connection, which was to speak TLS" : fault,
           .untrusted = !socket.trusts_peer()});
    }
    switch (await_ready(socket.fd(), socket.awaits({.readable = true}), deadline)) {
      case Awaited::kInterrupted: return interrupted();
      case Awaited::kTimeout: return no_connection({.reason = "it speaks no TLS in time"});
      case Awaited::kReady: break;
    }
  }
}

}  // namespace

tl::expected<std::unique_ptr<http::Transport>, NoConnection> connect_to(const ServerAddress& server,
                                                                        SteadyTime deadline) {
  auto fd = server.socket.empty() ? connect_to_host(server, deadline)
                                  : connect_to_file(server.socket, deadline);
  if (!fd) return tl::unexpected(std::move(fd.error()));
  if (server.tls) return shake_hands(std::move(*fd), server, deadline);
  return std::make_unique<http::Socket>(std::move(*fd));
}

}  // namespace jobsched::cmd
