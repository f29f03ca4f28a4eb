#include "daemon/engine/connect_gate.h"

#include <ifaddrs.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>
#include <memory>

namespace jobsched {

namespace {

// They are listed anew this often: the kernel takes 0.1 ms to tell them.
constexpr std::chrono::seconds kOwnAddressesAge{5};

std::optional<IpAddress> ip_address(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &address, sizeof v4);
    std::array<std::uint8_t, 4> bytes{};
    std::memcpy(bytes.data(), &v4.sin_addr, bytes.size());
    return ipv4(bytes[0], bytes[1], bytes[2], bytes[3]);
  }
  if (address.sa_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &address, sizeof v6);
    IpAddress ip;
    std::memcpy(ip.bytes.data(), &v6.sin6_addr, ip.bytes.size());
    return ip;
  }
  return std::nullopt;
}

}  // namespace

Verdict ConnectGate::judge(const sockaddr& address) {
  const std::optional<IpAddress> ip = ip_address(address);
  if (!ip) return Verdict::kNotPublic;
  if (!rules_.public_only) return jobsched::judge(rules_, *ip);
  return jobsched::judge(rules_, *ip, own_addresses());
}

const std::vector<IpAddress>& ConnectGate::own_addresses() {
  const auto now = clock_.steady_now();
  if (own_listed_ && now < *own_listed_ + kOwnAddressesAge) return own_;
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0) return own_;  // those known last are better than none
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owner(list, &::freeifaddrs);
  own_.clear();
  for (const ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next) {
    if (entry->ifa_addr == nullptr) continue;
    if (const auto ip = ip_address(*entry->ifa_addr)) own_.push_back(*ip);
  }
  own_listed_ = now;
  return own_;
}

}  // namespace jobsched
