#include "cmd/server_address.h"

#include <algorithm>

#include "core/text/ascii.h"
#include "core/text/utf8.h"

namespace jobsched::cmd {

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
    return ServerAddress{std::string(text), "http://localhost", std::string(path)};
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
  std::string url(text);
  while (url.ends_with('/'))
    url.pop_back();
  return ServerAddress{std::string(text), std::move(url), {}};
}

}  // namespace jobsched::cmd
