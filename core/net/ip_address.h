#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/error.h"

namespace jobsched {

// An IP address. An IPv4 address is kept in its mapped form, ::ffff:a.b.c.d, so that both spellings
// of it are one value.
struct IpAddress {
  std::array<std::uint8_t, 16> bytes{};

  constexpr bool is_v4() const {
    for (std::size_t i = 0; i < 10; ++i) {
      if (bytes[i] != 0) return false;
    }
    return bytes[10] == 0xff && bytes[11] == 0xff;
  }

  auto operator<=>(const IpAddress&) const = default;
};

// The address a.b.c.d.
constexpr IpAddress ipv4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d) {
  return {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, d}};
}

// The address of these groups; ipv6({0xfe80}) is fe80::.
constexpr IpAddress ipv6(std::array<std::uint16_t, 8> groups) {
  IpAddress address;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    address.bytes[2 * i] = static_cast<std::uint8_t>(groups[i] >> 8);
    address.bytes[2 * i + 1] = static_cast<std::uint8_t>(groups[i] & 0xff);
  }
  return address;
}

// Reads 192.0.2.1 (four numbers without leading zeros) or an IPv6 address in any form of RFC 4291
// section 2.2, without brackets or a zone. Absent if it is neither.
std::optional<IpAddress> parse_ip_address(std::string_view text);

// 192.0.2.1, or the form of RFC 5952: 2001:db8::1.
std::string format_ip_address(const IpAddress& address);

// The addresses that begin with the same bits as `base`. IPv4 and IPv6 networks have no address in
// common: ::/0 is all of IPv6 only.
struct IpNetwork {
  IpAddress base;       // its other bits are 0
  unsigned length = 0;  // how many bits of 128; for IPv4, 96 more than is written

  bool contains(const IpAddress& address) const;
  bool contains(const IpNetwork& other) const;

  bool operator==(const IpNetwork&) const = default;
};

// Reads 10.0.0.0/8, fd00::/8, or a single address. Errors: kInvalid; the detail says how to mend
// it. A network whose base has further bits is refused: 10.0.0.1/8 may be meant in two ways.
Result<IpNetwork> parse_ip_network(std::string_view text);

// The form that parse_ip_network reads, always with a length.
std::string format_ip_network(const IpNetwork& network);

}  // namespace jobsched
