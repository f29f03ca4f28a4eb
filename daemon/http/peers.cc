#include "daemon/http/peers.h"

#include <netinet/in.h>

#include <algorithm>

#include "core/net/ip_address.h"

namespace jobsched::http {

namespace {

constexpr std::size_t kNetworkBytes = 8;  // of an IPv6 address

std::string peer_of(const IpAddress& address) {
  constexpr IpAddress kLoopback = ipv6({0, 0, 0, 0, 0, 0, 0, 1});
  constexpr std::uint8_t kLoopbackNet = 127;
  const bool local = address.is_v4() ? address.bytes[12] == kLoopbackNet : address == kLoopback;
  if (local) return {};
  const auto begin = address.bytes.begin();
  return {begin, address.is_v4() ? address.bytes.end() : begin + kNetworkBytes};
}

}  // namespace

std::string peer_of(const sockaddr_storage& address) {
  const void* const any = &address;
  if (address.ss_family == AF_INET) {
    const auto host = ntohl(static_cast<const sockaddr_in*>(any)->sin_addr.s_addr);
    const auto byte = [host](unsigned shift) { return static_cast<std::uint8_t>(host >> shift); };
    return peer_of(ipv4(byte(24), byte(16), byte(8), byte(0)));
  }
  if (address.ss_family != AF_INET6) return {};
  IpAddress v6;
  std::ranges::copy(static_cast<const sockaddr_in6*>(any)->sin6_addr.s6_addr, v6.bytes.begin());
  return peer_of(v6);
}

void Peers::enter(const std::string& peer) {
  if (!peer.empty()) ++counts_[peer];
}

void Peers::leave(const std::string& peer) {
  const auto found = counts_.find(peer);
  if (found != counts_.end() && --found->second == 0) counts_.erase(found);
}

std::size_t Peers::count(const std::string& peer) const {
  const auto found = counts_.find(peer);
  return found == counts_.end() ? 0 : found->second;
}

}  // namespace jobsched::http
