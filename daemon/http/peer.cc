#include "daemon/http/peer.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>

#include "core/net/ip_address.h"

namespace jobsched::http {

namespace {

// Known also when the peer has gone: who resets its connection is not taken for one on this
// machine.
sa_family_t family_of(int socket) {
  int domain = AF_UNSPEC;
  socklen_t size = sizeof(domain);
  ::getsockopt(socket, SOL_SOCKET, SO_DOMAIN, &domain, &size);
  return static_cast<sa_family_t>(domain);
}

}  // namespace

std::string peer_address(int socket) {
  sockaddr_storage storage{};
  socklen_t size = sizeof(storage);
  if (::getpeername(socket, reinterpret_cast<sockaddr*>(&storage), &size) != 0) {
    storage.ss_family = family_of(socket);
  }
  IpAddress address;
  if (storage.ss_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &storage, sizeof(v4));
    address = ipv4(0, 0, 0, 0);
    std::memcpy(address.bytes.data() + 12, &v4.sin_addr, sizeof(v4.sin_addr));
  } else if (storage.ss_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &storage, sizeof(v6));
    std::ranges::copy(v6.sin6_addr.s6_addr, address.bytes.begin());
  } else {
    return {};
  }
  return format_ip_address(address);
}

}  // namespace jobsched::http
