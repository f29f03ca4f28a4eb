#include "core/net/network_rules.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace jobsched {

namespace {

constexpr IpNetwork v4(
    std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d, unsigned length) {
  return {ipv4(a, b, c, d), 96 + length};
}

constexpr IpNetwork v6(std::array<std::uint16_t, 8> groups, unsigned length) {
  return {ipv6(groups), length};
}

// The IANA registry of special-purpose IPv4 addresses, multicast, and what is reserved.
constexpr std::array kNotPublicV4{
    v4(0, 0, 0, 0, 8),        // this host
    v4(10, 0, 0, 0, 8),       // private
    v4(100, 64, 0, 0, 10),    // shared by carriers
    v4(127, 0, 0, 0, 8),      // loopback
    v4(169, 254, 0, 0, 16),   // link-local
    v4(172, 16, 0, 0, 12),    // private
    v4(192, 0, 0, 0, 24),     // protocol assignments
    v4(192, 0, 2, 0, 24),     // documentation
    v4(192, 31, 196, 0, 24),  // AS112
    v4(192, 52, 193, 0, 24),  // AMT
    v4(192, 88, 99, 0, 24),   // 6to4 relays
    v4(192, 168, 0, 0, 16),   // private
    v4(192, 175, 48, 0, 24),  // AS112
    v4(198, 18, 0, 0, 15),    // benchmarks
    v4(198, 51, 100, 0, 24),  // documentation
    v4(203, 0, 113, 0, 24),   // documentation
    v4(224, 0, 0, 0, 4),      // multicast
    v4(240, 0, 0, 0, 4),      // reserved, broadcast
};

// All global unicast addresses are in it; nothing else of IPv6 is public.
constexpr IpNetwork kGlobalUnicast = v6({0x2000}, 3);

constexpr std::array kNotPublicV6{
    v6({0x2001}, 23),                // protocol assignments: Teredo, benchmarks, ORCHID, …
    v6({0x2001, 0xdb8}, 32),         // documentation
    v6({0x2002}, 16),                // 6to4
    v6({0x2620, 0x4f, 0x8000}, 48),  // AS112
    v6({0x3fff}, 20),                // documentation
};

constexpr std::array kLinkLocalOrMetadata{
    v4(169, 254, 0, 0, 16),                               // nearly every cloud's, among others
    v4(168, 63, 129, 16, 32),                             // Azure
    v4(100, 100, 100, 200, 32),                           // Alibaba
    v4(192, 0, 0, 192, 32),                               // Oracle
    v6({0xfe80}, 10),                                     // link-local
    v6({0xfd00, 0xec2}, 48),                              // Amazon
    v6({0xfd00, 0xc1, 0, 0, 0, 0, 0xa9fe, 0xa9fe}, 128),  // Oracle
    v6({0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254}, 128),        // Google
};

// An address of these, too, reaches this machine.
constexpr std::array kThisMachine{
    v4(0, 0, 0, 0, 8),
    v4(127, 0, 0, 0, 8),
    v6({}, 128),
    v6({0, 0, 0, 0, 0, 0, 0, 1}, 128),
};

template <class Networks>
bool any_contains(const Networks& networks, const IpAddress& address) {
  return std::ranges::any_of(networks,
                             [&](const IpNetwork& network) { return network.contains(address); });
}

// Whether `entry` is wider than that of `networks` in which the address lies.
template <class Networks>
bool too_wide(const Networks& networks, const IpNetwork& entry, const IpAddress& address) {
  return std::ranges::any_of(networks, [&](const IpNetwork& network) {
    return network.contains(address) && !network.contains(entry);
  });
}

bool opens(const IpNetwork& entry, const IpAddress& address) {
  return entry.contains(address) && !too_wide(kLinkLocalOrMetadata, entry, address) &&
         !too_wide(kThisMachine, entry, address);
}

IpAddress v4_at(const IpAddress& address, std::size_t first, std::uint8_t mask = 0) {
  const auto byte = [&](std::size_t i) {
    return static_cast<std::uint8_t>(address.bytes[first + i] ^ mask);
  };
  return ipv4(byte(0), byte(1), byte(2), byte(3));
}

// The IPv4 addresses to which packets to an IPv6 address may be passed on.
std::vector<IpAddress> carried_v4(const IpAddress& address) {
  struct Row {
    IpNetwork network;
    std::size_t first = 0;  // byte of the IPv4 address
    std::uint8_t mask = 0;
  };

  constexpr std::array kRows{
      Row{v6({0x64, 0xff9b}, 96), 12},        // NAT64 (RFC 6052)
      Row{v6({0x64, 0xff9b, 1}, 48), 12},     // NAT64 of a network of its own (RFC 8215)
      Row{v6({0x2002}, 16), 2},               // 6to4 (RFC 3056)
      Row{v6({0x2001}, 32), 4},               // Teredo (RFC 4380): the server
      Row{v6({0x2001}, 32), 12, 0xff},        // Teredo: the client
      Row{v6({0, 0, 0, 0, 0xffff}, 96), 12},  // translated (RFC 2765)
      Row{v6({}, 96), 12},                    // compatible (RFC 4291 section 2.5.5.1)
  };
  std::vector<IpAddress> carried;
  if (any_contains(kThisMachine, address)) return carried;  // :: and ::1 only look compatible
  for (const Row& row : kRows) {
    if (row.network.contains(address)) carried.push_back(v4_at(address, row.first, row.mask));
  }
  return carried;
}

Verdict judge_one(const NetworkRules& rules,
                  const IpAddress& address,
                  std::span<const IpAddress> own) {
  std::optional<unsigned> allowed;
  for (const IpNetwork& entry : rules.allow) {
    if (opens(entry, address)) allowed = std::max(allowed.value_or(0), entry.length);
  }
  const bool denied = std::ranges::any_of(rules.deny, [&](const IpNetwork& entry) {
    return entry.contains(address) && (!allowed || entry.length >= *allowed);
  });
  if (denied) return Verdict::kDenied;
  if (allowed) return Verdict::kPermitted;
  if (is_link_local_or_metadata(address)) return Verdict::kLinkLocalOrMetadata;
  if (!rules.public_only) return Verdict::kPermitted;
  const bool is_own = std::ranges::find(own, address) != own.end();
  return is_public(address) && !is_own ? Verdict::kPermitted : Verdict::kNotPublic;
}

}  // namespace

bool is_public(const IpAddress& address) {
  if (address.is_v4()) return !any_contains(kNotPublicV4, address);
  return kGlobalUnicast.contains(address) && !any_contains(kNotPublicV6, address);
}

bool is_link_local_or_metadata(const IpAddress& address) {
  return any_contains(kLinkLocalOrMetadata, address);
}

Verdict judge(const NetworkRules& rules, const IpAddress& address, std::span<const IpAddress> own) {
  Verdict verdict = judge_one(rules, address, own);
  for (const IpAddress& carried : carried_v4(address)) {
    if (verdict == Verdict::kPermitted) verdict = judge_one(rules, carried, own);
  }
  return verdict;
}

std::string_view refusal(Verdict verdict) {
  switch (verdict) {
    case Verdict::kPermitted: return {};
    case Verdict::kDenied: return "delivery.deny forbids the target's address";
    case Verdict::kLinkLocalOrMetadata:
      return "the target's address is link-local or a cloud's metadata service; to permit it, name "
             "it in delivery.allow";
    case Verdict::kNotPublic:
      return "the target's address is not public, or this machine's own, and delivery.network "
             "permits no such address; to permit it, name it in delivery.allow";
  }
  return {};
}

Result<void> check_host(const NetworkRules& rules, std::string_view host) {
  if (host.ends_with('.')) host.remove_suffix(1);  // the root, spelt out
  const std::optional<IpAddress> address = parse_ip_address(host);
  const Verdict verdict = address ? judge(rules, *address) : Verdict::kPermitted;
  if (verdict == Verdict::kPermitted) return {};
  return fail(ErrorKind::kInvalid, std::string(refusal(verdict)), "url");
}

}  // namespace jobsched
