#include "cmd/server_address.h"

#include <algorithm>

#include "core/text/ascii.h"
#include "core/text/utf8.h"
#include "daemon/http/syntax.h"

namespace jobsched::cmd {

namespace {

// Takes a checked authority apart.
ServerAddress with_host(ServerAddress address, std::string_view path, bool tls) {
  const std::string_view authority = address.authority;
  const bool bracketed = authority.starts_with('[');
  const std::size_t end =
      bracketed ? authority.find(']') + 1 : std::min(authority.find(':'), authority.size());
  address.host = bracketed ? authority.substr(1, end - 2) : authority.substr(0, end);
  const std::string_view port = authority.substr(end);
  address.port = port.size() > 1 ? port.substr(1) : tls ? "443" : "80";
  while (path.ends_with('/'))
    path.remove_suffix(1);
  address.path = path;
  address.tls = tls;
  return address;
}

}  // namespace

Result<ServerAddress> parse_server_address(std::string_view text) {
  const auto refuse = [&](std::string_view why) {
    return jobsched::fail(ErrorKind::kInvalid,
                          quote(text) + " " + std::string(why) + "; write it like " +
                              std::string(kDefaultServer) + " or unix:/run/jobsched/api.sock");
  };
  constexpr std::string_view kUnix = "unix:";
  if (text.starts_with(kUnix)) {
    const std::string_view path = text.substr(kUnix.size());
    if (!path.starts_with('/')) return refuse("is not the whole path of a socket");
    ServerAddress address{std::string(text), "localhost", "localhost", {}};
    address.socket = path;
    return address;
  }
  const std::string scheme = lower_case(text.substr(0, text.find("://")));
  if (scheme != "http" && scheme != "https") return refuse("is not the address of a server");
  const std::string_view rest = text.substr(scheme.size() + 3);
  const std::string_view authority = rest.substr(0, rest.find('/'));
  if (authority.empty() || authority.starts_with(':')) return refuse("has no host");
  if (authority.find('@') != std::string_view::npos) {
    return refuse("has a user name, which an address cannot have");
  }
  const auto out_of_place = [](char c) {
    return is_control(c) || c == ' ' || c == '?' || c == '#' || c == '\\' || !is_ascii(c);
  };
  if (std::ranges::any_of(rest, out_of_place)) return refuse("has characters out of place");
  if (!http::is_host(authority)) return refuse("has no host and port that there can be");
  return with_host(ServerAddress{std::string(text), std::string(authority), {}, {}},
                   rest.substr(authority.size()), scheme == "https");
}

}  // namespace jobsched::cmd
