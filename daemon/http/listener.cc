#include "daemon/http/listener.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <memory>
#include <string>
#include <system_error>

namespace jobsched::http {

namespace {

using AddressList = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

// Why one of a name's addresses cannot be listened on.
struct Obstacle {
  std::string text;
  int error;
};

tl::unexpected<Obstacle> obstacle(const std::string& what) {
  const int error = errno;
  return tl::unexpected<Obstacle>(
      Obstacle{what + ": " + std::generic_category().message(error), error});
}

tl::unexpected<Error> refuse(const std::string& address, const std::string& why) {
  return fail(ErrorKind::kUnavailable, "cannot listen on " + address + ": " + why);
}

std::string tcp_text(const std::string& host, const std::string& port) {
  return host.find(':') == std::string::npos ? host + ":" + port : "[" + host + "]:" + port;
}

bool enable(const Fd& fd, int level, int option) {
  const int on = 1;
  return ::setsockopt(fd.get(), level, option, &on, sizeof on) == 0;
}

// "host:port", both numeric; empty if the system cannot say.
std::string numeric_text(const addrinfo& info) {
  std::array<char, NI_MAXHOST> host{};
  std::array<char, NI_MAXSERV> port{};
  const int error = ::getnameinfo(info.ai_addr, info.ai_addrlen, host.data(), host.size(),
                                  port.data(), port.size(), NI_NUMERICHOST | NI_NUMERICSERV);
  return error == 0 ? tcp_text(host.data(), port.data()) : std::string();
}

// Puts the port that the system chose into `info`.
void adopt_bound_port(const Fd& fd, addrinfo& info) {
  ::getsockname(fd.get(), info.ai_addr, &info.ai_addrlen);
}

// SO_REUSEADDR lets a restarted daemon have its port back although old connections linger. Unlike
// SO_REUSEPORT it does not let two daemons have it.
tl::expected<Fd, Obstacle> listen_on(const addrinfo& info) {
  Fd fd(::socket(info.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) return obstacle("cannot make a socket");
  if (!enable(fd, SOL_SOCKET, SO_REUSEADDR) ||
      (info.ai_family == AF_INET6 && !enable(fd, IPPROTO_IPV6, IPV6_V6ONLY))) {
    return obstacle("cannot set up the socket");
  }
  if (::bind(fd.get(), info.ai_addr, info.ai_addrlen) != 0) return obstacle("cannot bind");
  if (::listen(fd.get(), SOMAXCONN) != 0) return obstacle("cannot listen");
  return fd;
}

tl::expected<AddressList, std::string> resolve(const std::string& host, const std::string& port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int error = ::getaddrinfo(host.c_str(), port.c_str(), &hints, &found);
  if (error != 0) {
    return tl::unexpected<std::string>("the host is not known: " +
                                       std::string(::gai_strerror(error)));
  }
  return AddressList(found, &::freeaddrinfo);
}

// A name often stands for an IPv6 address that this machine does not have.
bool is_missing_here(int error) {
  return error == EAFNOSUPPORT || error == EADDRNOTAVAIL;
}

// The addresses of one name share one port, also if the system chooses it.
void set_port(addrinfo& info, in_port_t port) {
  void* const address = info.ai_addr;
  if (info.ai_family == AF_INET) static_cast<sockaddr_in*>(address)->sin_port = port;
  if (info.ai_family == AF_INET6) static_cast<sockaddr_in6*>(address)->sin6_port = port;
}

in_port_t port_of(const addrinfo& info) {
  const void* const address = info.ai_addr;
  return info.ai_family == AF_INET ? static_cast<const sockaddr_in*>(address)->sin_port
                                   : static_cast<const sockaddr_in6*>(address)->sin6_port;
}

Result<std::vector<Listener>> open_tcp(const Address& address) {
  const std::string text = tcp_text(address.host, address.port);
  const auto found = resolve(address.host, address.port);
  if (!found) return refuse(text, found.error());
  std::vector<Listener> listeners;
  std::string missing;
  in_port_t port = port_of(**found);
  for (addrinfo* info = found->get(); info != nullptr; info = info->ai_next) {
    set_port(*info, port);
    const bool repeated = std::ranges::any_of(
        listeners, [&](const Listener& other) { return other.text == numeric_text(*info); });
    if (repeated) continue;
    auto fd = listen_on(*info);
    if (fd) {
      adopt_bound_port(*fd, *info);
      port = port_of(*info);
      listeners.push_back({std::move(*fd), numeric_text(*info)});
    } else if (is_missing_here(fd.error().error)) {
      missing = fd.error().text;
    } else {
      return refuse(text, fd.error().text);
    }
  }
  if (listeners.empty()) return refuse(text, missing);
  return listeners;
}

// Where a socket listens, in the form `parse_address` reads; "unix:@NAME" if it has no file. Empty
// if it is of another family.
std::string bound_text(const Fd& fd) {
  sockaddr_storage storage{};
  void* const bound = &storage;
  auto* const address = static_cast<sockaddr*>(bound);
  socklen_t size = sizeof storage;
  if (::getsockname(fd.get(), address, &size) != 0) return {};
  if (storage.ss_family == AF_INET || storage.ss_family == AF_INET6) {
    addrinfo info{};
    info.ai_addr = address;
    info.ai_addrlen = size;
    return numeric_text(info);
  }
  if (storage.ss_family != AF_UNIX) return {};
  const auto length = size - std::min<std::size_t>(size, offsetof(sockaddr_un, sun_path));
  const std::string name(static_cast<const sockaddr_un*>(bound)->sun_path, length);
  if (name.starts_with('\0')) return "unix:@" + name.substr(1);
  return "unix:" + name.substr(0, name.find('\0'));
}

}  // namespace

Result<std::vector<Listener>> open_listeners(const Address& address, mode_t socket_mode) {
  if (address.path.empty()) return open_tcp(address);
  const std::string text = "unix:" + address.path;
  auto bound = listen_on_file(address.path, socket_mode);
  if (!bound) return refuse(text, bound.error());
  std::vector<Listener> listeners;
  listeners.push_back({std::move(bound->fd), text, std::move(bound->file)});
  return listeners;
}

Result<Listener> adopt_listener(Fd fd) {
  const auto wrong = [&](const std::string& why) {
    return fail(ErrorKind::kInvalid,
                "descriptor " + std::to_string(fd.get()) + " cannot be listened on: " + why);
  };
  const auto option = [&](int name) {
    int value = -1;
    socklen_t size = sizeof value;
    return ::getsockopt(fd.get(), SOL_SOCKET, name, &value, &size) == 0 ? value : -1;
  };
  if (option(SO_TYPE) != SOCK_STREAM) return wrong("it is no stream socket");
  if (option(SO_ACCEPTCONN) != 1) return wrong("it is a connection; pass a socket that listens");
  const std::string text = bound_text(fd);
  if (text.empty()) return wrong("it is neither of TCP nor a UNIX socket");
  const int flags = ::fcntl(fd.get(), F_GETFL);
  if (flags < 0 || ::fcntl(fd.get(), F_SETFL, flags | O_NONBLOCK) != 0 ||
      ::fcntl(fd.get(), F_SETFD, FD_CLOEXEC) != 0) {
    return wrong(std::generic_category().message(errno));
  }
  return Listener{std::move(fd), text};
}

AcceptFailure classify_accept_error(int error) {
  switch (error) {
    case EAGAIN: return AcceptFailure::kNone;
    case EINTR:
    case ECONNABORTED: return AcceptFailure::kNext;
    case EMFILE:
    case ENFILE: return AcceptFailure::kExhausted;
    default: return AcceptFailure::kRest;
  }
}

}  // namespace jobsched::http
