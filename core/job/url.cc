#include "core/job/url.h"

#include <array>
#include <cstdio>

#include "core/limits.h"
#include "core/net/ip_address.h"
#include "core/text/ascii.h"
#include "core/text/utf8.h"

namespace jobsched {

namespace {

constexpr std::size_t kMaxHostBytes = 253;  // RFC 1035 section 2.3.4, in its text form
constexpr std::size_t kMaxLabelBytes = 63;

constexpr bool is_path_or_query_char(char c) {
  return is_letter_or_digit(c) ||
         std::string_view("-._~!$&'()*+,;=:@/?").find(c) != std::string_view::npos;
}

tl::unexpected<Error> refuse(std::string detail, std::size_t position) {
  return fail(ErrorKind::kInvalid, std::move(detail), "url", position);
}

// `%20` for a blank, `%C3%A9` for é.
std::string percent_encode(std::string_view bytes) {
  std::string encoded;
  for (const char c : bytes) {
    std::array<char, 4> triplet{};
    std::snprintf(triplet.data(), triplet.size(), "%%%02X", static_cast<unsigned char>(c));
    encoded += triplet.data();
  }
  return encoded;
}

// ---- parts, with their position in the text ----

struct Part {
  std::string_view text;
  std::size_t position;

  Part from(std::size_t offset) const { return {text.substr(offset), position + offset}; }

  Part first(std::size_t length) const { return {text.substr(0, length), position}; }
};

tl::unexpected<Error> wrong_character(const Part& part) {
  const std::optional<CodePoint> found = decode_utf8(part.text);
  const std::string_view bytes = part.text.substr(0, found ? found->length : 1);
  if (is_control(bytes.front())) {
    return refuse("a URL has no control characters or line ends; remove the one after byte " +
                      std::to_string(part.position) + ", or write it as " + percent_encode(bytes),
                  part.position);
  }
  return refuse(quote(bytes) + " may not stand in a URL; write it as " + percent_encode(bytes),
                part.position);
}

Result<void> check_path_and_query(const Part& part) {
  bool in_fragment = false;
  for (std::size_t i = 0; i < part.text.size(); ++i) {
    const char c = part.text[i];
    if (c == '%') {
      if (part.text.size() - i > 2 && is_hex_digit(part.text[i + 1]) &&
          is_hex_digit(part.text[i + 2])) {
        continue;
      }
      return refuse("two hexadecimal digits must follow %; write %25 for a percent sign itself",
                    part.position + i);
    }
    if (c == '#' && !in_fragment) {
      in_fragment = true;
    } else if (!is_path_or_query_char(c)) {
      return wrong_character(part.from(i));
    }
  }
  return {};
}

// ---- hosts ----

Result<std::string> ipv6_host(const Part& literal) {
  if (literal.text.starts_with('v') || literal.text.starts_with('V')) {
    return refuse("only an IPv6 address may stand in brackets", literal.position);
  }
  const std::size_t zone = literal.text.find('%');
  if (zone != std::string_view::npos) {
    return refuse("an IPv6 address in a URL has no zone; remove everything from the % to the ]",
                  literal.position + zone);
  }
  if (literal.text.find(':') == std::string_view::npos || !parse_ip_address(literal.text)) {
    return refuse(quote(literal.text) + " is not an IPv6 address; write one like [2001:db8::1]",
                  literal.position);
  }
  return lower_case(literal.text);
}

Result<void> check_host_characters(const Part& host) {
  for (std::size_t i = 0; i < host.text.size(); ++i) {
    const char c = host.text[i];
    if (is_letter_or_digit(c) || c == '-' || c == '_' || c == '.') continue;
    const std::size_t position = host.position + i;
    if (!is_ascii(c)) {
      return refuse(
          "a host name has only ASCII characters; write an international name in its "
          "xn-- form",
          position);
    }
    if (c == '%') return refuse("a host name has no percent-encoding; write it plainly", position);
    if (is_control(c)) return wrong_character(host.from(i));
    return refuse(quote(host.text.substr(i, 1)) +
                      " may not stand in a host name, which has letters, digits, hyphens and dots",
                  position);
  }
  return {};
}

// Whether resolvers would take the name for an address: its last label is a number, as in
// 127.0.0.1, 127.1, 2130706433 or 0x7f.1.
bool ends_in_number(std::string_view host) {
  std::string_view label = host.substr(host.rfind('.') + 1);
  if (label.starts_with("0x") || label.starts_with("0X")) {
    return std::ranges::all_of(label.substr(2), is_hex_digit);
  }
  return std::ranges::all_of(label, is_digit);
}

Result<std::string> named_host(const Part& host) {
  if (host.text.empty()) {
    return refuse("the host is missing; write a URL like https://example.com/path", host.position);
  }
  if (const Result<void> checked = check_host_characters(host); !checked) {
    return tl::unexpected(checked.error());
  }
  std::string_view name = host.text;
  if (name.ends_with('.')) name.remove_suffix(1);  // the root, spelt out
  if (name.size() > kMaxHostBytes) {
    return refuse("a host name has at most " + std::to_string(kMaxHostBytes) + " characters",
                  host.position);
  }
  for (std::size_t begin = 0; begin <= name.size();) {
    const std::size_t end = std::min(name.find('.', begin), name.size());
    if (end == begin) {
      return refuse("a part of the host name between two dots is empty", host.position + begin);
    }
    if (end - begin > kMaxLabelBytes) {
      return refuse("a part of the host name between dots has at most " +
                        std::to_string(kMaxLabelBytes) + " characters",
                    host.position + begin);
    }
    begin = end + 1;
  }
  if (ends_in_number(name) && !parse_ip_address(name)) {
    return refuse(quote(name) +
                      " is not an IPv4 address; write four numbers from 0 to 255, "
                      "without leading zeros",
                  host.position);
  }
  return lower_case(host.text);
}

// ---- the whole ----

Result<std::uint16_t> parse_port(const Part& port) {
  constexpr unsigned kMaxPort = 65'535;
  if (port.text.empty()) {
    return refuse("the port is missing; write one, or leave out the colon", port.position);
  }
  unsigned value = 0;
  for (const char c : port.text) {
    if (!is_digit(c)) {
      return refuse(quote(port.text) + " is not a port; a port is a number from 1 to 65535",
                    port.position);
    }
    value = std::min(value * 10 + static_cast<unsigned>(c - '0'), kMaxPort + 1);
  }
  if (value == 0 || value > kMaxPort) {
    return refuse("the port must be from 1 to 65535", port.position);
  }
  return static_cast<std::uint16_t>(value);
}

Result<CallbackUrl> parse_authority(const Part& authority, std::string scheme) {
  if (const std::size_t at = authority.text.rfind('@'); at != std::string_view::npos) {
    return refuse(
        "a callback URL has no user name or password; authenticate the callback by the "
        "signature field",
        authority.position);
  }
  Result<std::string> host;
  std::size_t host_end = 0;
  if (authority.text.starts_with('[')) {
    const std::size_t bracket = authority.text.find(']');
    if (bracket == std::string_view::npos) {
      return refuse("the bracket of the IPv6 address is not closed", authority.position);
    }
    host = ipv6_host(authority.first(bracket).from(1));
    host_end = bracket + 1;
    if (host && host_end < authority.text.size() && authority.text[host_end] != ':') {
      return refuse("only a colon and a port may follow the IPv6 address",
                    authority.position + host_end);
    }
  } else {
    host_end = std::min(authority.text.find(':'), authority.text.size());
    if (authority.text.find(':', host_end + 1) != std::string_view::npos) {
      return refuse("an IPv6 address stands in brackets, as in http://[::1]/", authority.position);
    }
    host = named_host(authority.first(host_end));
  }
  if (!host) return tl::unexpected(host.error());
  std::uint16_t port = scheme == "https" ? 443 : 80;
  if (host_end < authority.text.size()) {
    const Result<std::uint16_t> parsed = parse_port(authority.from(host_end + 1));
    if (!parsed) return tl::unexpected(parsed.error());
    port = *parsed;
  }
  return CallbackUrl{std::move(scheme), *std::move(host), port};
}

tl::unexpected<Error> wrong_start(std::string_view text) {
  if (text.empty()) return refuse("the URL is empty; write one like https://example.com/path", 0);
  if (is_space(text.front())) return refuse("the URL begins with white space; remove it", 0);
  const std::size_t separator = text.find("://");
  if (separator != std::string_view::npos && separator > 0) {
    return refuse(
        "callbacks go to http and https URLs only, not " + quote(text.substr(0, separator + 3)), 0);
  }
  return refuse("a callback URL begins with http:// or https://", 0);
}

}  // namespace

Result<CallbackUrl> parse_callback_url(std::string_view text) {
  if (text.size() > kMaxUrlBytes) {
    return refuse("the URL has " + std::to_string(text.size()) + " bytes; at most " +
                      std::to_string(kMaxUrlBytes) + " are allowed",
                  kMaxUrlBytes);
  }
  std::string scheme = lower_case(text.substr(0, text.find(':')));
  const bool absolute = text.substr(scheme.size()).starts_with("://");
  if (!absolute || (scheme != "http" && scheme != "https")) return wrong_start(text);
  if (is_space(text.back())) {
    return refuse("the URL ends with white space; remove it", text.size() - 1);
  }
  const Part rest = Part{text, 0}.from(scheme.size() + 3);
  const std::size_t authority_end = std::min(rest.text.find_first_of("/?#"), rest.text.size());
  Result<CallbackUrl> url = parse_authority(rest.first(authority_end), std::move(scheme));
  if (!url) return url;
  if (const auto checked = check_path_and_query(rest.from(authority_end)); !checked) {
    return tl::unexpected(checked.error());
  }
  return url;
}

}  // namespace jobsched
