#include "core/net/ip_address.h"

#include <algorithm>
#include <charconv>
#include <cstdio>

#include "core/text/ascii.h"
#include "core/text/utf8.h"

namespace jobsched {

namespace {

constexpr unsigned kBits = 128;
constexpr unsigned kV4Bits = 32;
constexpr std::size_t kGroups = 8;

// The bytes of groups, as far as they go.
struct Bytes {
  std::array<std::uint8_t, 16> bytes{};
  std::size_t size = 0;

  bool append(std::uint8_t byte) {
    if (size == bytes.size()) return false;
    bytes[size++] = byte;
    return true;
  }
};

template <class Number>
std::optional<Number> whole_number(std::string_view text, int base) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool append_v4(std::string_view text, Bytes& into) {
  for (int octet = 0; octet < 4; ++octet) {
    const std::size_t dot = text.find('.');
    if ((octet < 3) != (dot != std::string_view::npos)) return false;
    const std::string_view digits = text.substr(0, dot);
    if (digits.empty() || digits.size() > 3 || (digits.size() > 1 && digits.front() == '0')) {
      return false;
    }
    const auto value = whole_number<std::uint8_t>(digits, 10);
    if (!value || !into.append(*value)) return false;
    if (octet < 3) text.remove_prefix(dot + 1);
  }
  return true;
}

// Reads groups between colons, the last of which may be an IPv4 address if `may_end_in_v4`.
std::optional<Bytes> read_groups(std::string_view text, bool may_end_in_v4) {
  Bytes bytes;
  while (!text.empty()) {
    const std::size_t colon = text.find(':');
    const bool last = colon == std::string_view::npos;
    const std::string_view group = text.substr(0, colon);
    if (last && may_end_in_v4 && group.find('.') != std::string_view::npos) {
      return append_v4(group, bytes) ? std::optional{bytes} : std::nullopt;
    }
    if (group.empty() || group.size() > 4 || !std::ranges::all_of(group, is_hex_digit)) {
      return std::nullopt;
    }
    const std::uint16_t value = whole_number<std::uint16_t>(group, 16).value_or(0);
    const bool room = bytes.append(static_cast<std::uint8_t>(value >> 8)) &&
                      bytes.append(static_cast<std::uint8_t>(value & 0xff));
    if (!room) return std::nullopt;
    if (last) break;
    text.remove_prefix(colon + 1);
    if (text.empty()) return std::nullopt;
  }
  return bytes;
}

std::optional<IpAddress> parse_v6(std::string_view text) {
  const std::size_t gap = text.find("::");
  if (gap == std::string_view::npos) {
    const auto all = read_groups(text, true);
    if (!all || all->size != all->bytes.size()) return std::nullopt;
    return IpAddress{all->bytes};
  }
  const auto before = read_groups(text.substr(0, gap), false);
  const auto after = read_groups(text.substr(gap + 2), true);
  if (!before || !after || before->size + after->size >= before->bytes.size()) return std::nullopt;
  IpAddress address{before->bytes};
  std::copy_n(after->bytes.begin(), after->size, address.bytes.end() - std::ptrdiff_t(after->size));
  return address;
}

std::string format_v4(const IpAddress& address) {
  std::string text;
  for (std::size_t i = 12; i < 16; ++i) {
    if (i > 12) text += '.';
    text += std::to_string(address.bytes[i]);
  }
  return text;
}

struct Run {
  std::size_t begin = 0;
  std::size_t length = 0;
};

// The first of the longest runs of groups that are 0.
Run longest_zero_run(const std::array<unsigned, kGroups>& groups) {
  Run longest;
  Run run;
  for (std::size_t i = 0; i < kGroups; ++i) {
    run = groups[i] == 0 ? Run{run.length == 0 ? i : run.begin, run.length + 1} : Run{};
    if (run.length > longest.length) longest = run;
  }
  return longest;
}

// How many leading bits two addresses have in common.
unsigned common_bits(const IpAddress& a, const IpAddress& b) {
  unsigned bits = 0;
  for (std::size_t i = 0; i < a.bytes.size(); ++i) {
    unsigned difference = a.bytes[i] ^ b.bytes[i];
    if (difference == 0) {
      bits += 8;
      continue;
    }
    for (; difference < 0x80; difference <<= 1) {
      ++bits;
    }
    break;
  }
  return bits;
}

IpAddress without_bits_after(IpAddress address, unsigned length) {
  for (unsigned bit = length; bit < kBits; ++bit) {
    address.bytes[bit / 8] &= static_cast<std::uint8_t>(~(0x80U >> (bit % 8)));
  }
  return address;
}

}  // namespace

std::optional<IpAddress> parse_ip_address(std::string_view text) {
  if (text.find(':') != std::string_view::npos) return parse_v6(text);
  Bytes v4;
  if (!append_v4(text, v4)) return std::nullopt;
  return ipv4(v4.bytes[0], v4.bytes[1], v4.bytes[2], v4.bytes[3]);
}

std::string format_ip_address(const IpAddress& address) {
  if (address.is_v4()) return format_v4(address);
  std::array<unsigned, kGroups> groups{};
  for (std::size_t i = 0; i < kGroups; ++i) {
    groups[i] = unsigned{address.bytes[2 * i]} << 8 | address.bytes[2 * i + 1];
  }
  Run gap = longest_zero_run(groups);
  if (gap.length < 2) gap = {kGroups, 0};
  std::string text;
  for (std::size_t i = 0; i < kGroups; ++i) {
    if (i == gap.begin) {
      text += "::";
      i += gap.length - 1;
      continue;
    }
    if (!text.empty() && !text.ends_with(':')) text += ':';
    std::array<char, 5> hex{};
    std::snprintf(hex.data(), hex.size(), "%x", groups[i]);
    text += hex.data();
  }
  return text;
}

bool IpNetwork::contains(const IpAddress& address) const {
  return base.is_v4() == address.is_v4() && common_bits(base, address) >= length;
}

bool IpNetwork::contains(const IpNetwork& other) const {
  return other.length >= length && contains(other.base);
}

Result<IpNetwork> parse_ip_network(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::string_view base = text.substr(0, slash);
  const auto address = parse_ip_address(base);
  if (!address) {
    return fail(ErrorKind::kInvalid,
                quote(text) +
                    " is not an IP address or network; write one like 192.0.2.1, 10.0.0.0/8 or "
                    "fd00::/8");
  }
  if (slash == std::string_view::npos) return IpNetwork{*address, kBits};
  const unsigned most = base.find(':') == std::string_view::npos ? kV4Bits : kBits;
  const std::string_view digits = text.substr(slash + 1);
  const auto length = digits.size() > 3 ? std::nullopt : whole_number<unsigned>(digits, 10);
  if (!length || *length > most) {
    return fail(ErrorKind::kInvalid, quote(text) + " has no length of a network after the /, " +
                                         "which is a number from 0 to " + std::to_string(most));
  }
  const IpNetwork network{without_bits_after(*address, kBits - most + *length),
                          kBits - most + *length};
  if (network.base != *address) {
    return fail(ErrorKind::kInvalid, quote(text) + " may be meant in two ways; write " +
                                         format_ip_network(network) + " for the network, or " +
                                         format_ip_address(*address) + " for the address");
  }
  return network;
}

std::string format_ip_network(const IpNetwork& network) {
  const unsigned written =
      network.base.is_v4() ? network.length - (kBits - kV4Bits) : network.length;
  return format_ip_address(network.base) + "/" + std::to_string(written);
}

}  // namespace jobsched
