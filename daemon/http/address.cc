#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <string>

#include "core/text/ascii.h"
#include "daemon/http/server.h"
#include "daemon/http/syntax.h"

namespace jobsched::http {

namespace {

constexpr std::size_t kMaxPort = 65'535;
constexpr std::size_t kMaxPortDigits = 5;
constexpr std::size_t kMaxUnixPath = sizeof(sockaddr_un::sun_path) - 1;
constexpr std::string_view kUnixPrefix = "unix:";

tl::unexpected<Error> refuse(std::string_view text, std::string_view why) {
  return fail(ErrorKind::kInvalid,
              "the address \"" + std::string(text) + "\" cannot be used: " + std::string(why));
}

bool is_ipv6(std::string_view host) {
  // Without the zone, which only the system can judge.
  const std::string number(host.substr(0, host.find('%')));
  in6_addr address{};
  return ::inet_pton(AF_INET6, number.c_str(), &address) == 1;
}

bool is_name(std::string_view host) {
  return std::ranges::all_of(
      host, [](char c) { return c == '.' || c == '-' || c == '_' || is_letter_or_digit(c); });
}

Result<Address> parse_unix(std::string_view text) {
  const std::string_view path = text.substr(kUnixPrefix.size());
  if (!path.starts_with('/')) {
    return refuse(text, "write the whole path of a UNIX socket, as in unix:/run/jobsched.sock");
  }
  if (path.find('\0') != std::string_view::npos) return refuse(text, "the path has a NUL in it");
  if (path.size() > kMaxUnixPath) {
    return refuse(text, "the path of a UNIX socket can have at most " +
                            std::to_string(kMaxUnixPath) + " bytes, and this one has " +
                            std::to_string(path.size()));
  }
  return Address{.host = {}, .port = {}, .path = std::string(path)};
}

Result<Address> with_port(std::string_view text, std::string_view host, std::string_view port) {
  const auto number = port.size() <= kMaxPortDigits ? parse_number(port) : std::nullopt;
  if (!number || *number > kMaxPort) {
    return refuse(text, "the port must be a number from 0 (any free one) to 65535");
  }
  return Address{.host = std::string(host), .port = std::string(port), .path = {}};
}

// Why a text without a colon is not an address.
std::string_view missing_colon_hint(std::string_view text) {
  if (text.empty()) return "it is empty; write HOST:PORT or unix:/path";
  if (text.starts_with('/')) return "for a UNIX socket, write unix: before the path";
  if (parse_number(text)) {
    return "the host is missing; write 127.0.0.1:PORT for this machine only, or 0.0.0.0:PORT for "
           "every network";
  }
  return "the port is missing; write HOST:PORT";
}

}  // namespace

bool Address::is_loopback() const {
  constexpr std::uint8_t kLoopbackNet = 127;
  if (!path.empty() || same_text(host, "localhost")) return true;
  in_addr v4{};
  if (::inet_pton(AF_INET, host.c_str(), &v4) == 1) return ntohl(v4.s_addr) >> 24 == kLoopbackNet;
  in6_addr v6{};
  return ::inet_pton(AF_INET6, host.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

Result<Address> parse_address(std::string_view text) {
  if (text.starts_with(kUnixPrefix)) return parse_unix(text);
  if (text.find("://") != std::string_view::npos) {
    return refuse(text, "write HOST:PORT without a scheme, or unix:/path");
  }
  if (text.starts_with('[')) {
    const std::size_t end = text.find("]:");
    const std::string_view host = text.substr(1, std::min(end, text.size()) - 1);
    if (end == std::string_view::npos) {
      return refuse(text, "write an IPv6 address and its port as [ADDRESS]:PORT");
    }
    if (!is_ipv6(host)) return refuse(text, "what is between the brackets is no IPv6 address");
    return with_port(text, host, text.substr(end + 2));
  }
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return refuse(text, missing_colon_hint(text));
  if (colon != text.rfind(':')) {
    return refuse(text, "write an IPv6 address in brackets, as in [::1]:7243");
  }
  const std::string_view host = text.substr(0, colon);
  if (host.empty()) {
    return refuse(
        text,
        "say which host: 127.0.0.1 for this machine only, 0.0.0.0 for every IPv4 network, "
        "[::] for every IPv6 network");
  }
  if (host == "*") return refuse(text, "for every network, write 0.0.0.0 or [::] as the host");
  if (!is_name(host)) return refuse(text, "the host must be a name or a numeric address");
  return with_port(text, host, text.substr(colon + 1));
}

}  // namespace jobsched::http
