#include "cmd/host_lookup.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <chrono>
#include <ctime>
#include <utility>

namespace jobsched::cmd {

namespace {

// What the system reads and writes while it looks a name up by itself.
struct Lookup {
  std::string host;
  std::string port;
  addrinfo hints;
  gaicb request;
};

addrinfo tcp_hints(int flags) {
  addrinfo hints{};
  hints.ai_flags = flags;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_protocol = IPPROTO_TCP;
  return hints;
}

NoAddress not_found(const std::string& host, int error) {
  return {.reason = "the name " + host + " cannot be looked up: " + ::gai_strerror(error)};
}

std::unique_ptr<Lookup> begin(const std::string& host, const std::string& port) {
  auto lookup = std::make_unique<Lookup>(Lookup{host, port, tcp_hints(0), {}});
  lookup->request.ar_name = lookup->host.c_str();
  lookup->request.ar_service = lookup->port.c_str();
  lookup->request.ar_request = &lookup->hints;
  std::array<gaicb*, 1> list{&lookup->request};
  return ::getaddrinfo_a(GAI_NOWAIT, list.data(), list.size(), nullptr) == 0 ? std::move(lookup)
                                                                             : nullptr;
}

Awaited await_end(gaicb& request, SteadyTime deadline) {
  const std::array<const gaicb*, 1> list{&request};
  while (::gai_error(&request) == EAI_INPROGRESS) {
    if (is_interrupted()) return Awaited::kInterrupted;
    if (steady_now() >= deadline) return Awaited::kTimeout;
    const timespec pause{0, std::chrono::nanoseconds(next_look(deadline)).count()};
    ::gai_suspend(list.data(), list.size(), &pause);
  }
  return Awaited::kReady;
}

}  // namespace

tl::expected<HostAddresses, NoAddress> look_up(const std::string& host,
                                               const std::string& port,
                                               SteadyTime deadline) {
  const auto no_address = [](NoAddress why) { return tl::unexpected(std::move(why)); };
  const addrinfo numeric = tcp_hints(AI_NUMERICHOST | AI_NUMERICSERV);
  addrinfo* found = nullptr;
  if (::getaddrinfo(host.c_str(), port.c_str(), &numeric, &found) == 0) {
    return HostAddresses(found, &::freeaddrinfo);
  }
  auto lookup = begin(host, port);
  if (!lookup) return no_address(not_found(host, EAI_MEMORY));
  const Awaited awaited = await_end(lookup->request, deadline);
  if (awaited != Awaited::kReady) {
    // What is under way cannot be called back: the system goes on using it.
    if (::gai_cancel(&lookup->request) != EAI_CANCELED) static_cast<void>(lookup.release());
    if (awaited == Awaited::kInterrupted) return no_address({.interrupted = true});
    return no_address({.reason = "no name server told the address of " + host + " in time"});
  }
  const int error = ::gai_error(&lookup->request);
  if (error != 0) return no_address(not_found(host, error));
  return HostAddresses(lookup->request.ar_result, &::freeaddrinfo);
}

}  // namespace jobsched::cmd
