#include "daemon/api/host_names.h"

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "core/net/ip_address.h"
#include "core/text/ascii.h"
#include "core/text/utf8.h"
#include "daemon/api/answer.h"
#include "daemon/http/server.h"

namespace jobsched {

namespace {

constexpr int kMisdirected = 421;

// "HOST:PORT" or "HOST" without the port, and without the dot that may end a name.
std::string_view name_in(std::string_view host) {
  if (host.starts_with('[')) return host.substr(0, host.find(']') + 1);
  host = host.substr(0, host.find(':'));
  if (host.ends_with('.')) host.remove_suffix(1);
  return host;
}

bool is_ip_address(std::string_view host) {
  if (!host.starts_with('[')) return parse_ip_address(host).has_value();
  return host.ends_with(']') && parse_ip_address(host.substr(1, host.size() - 2)).has_value();
}

bool is_localhost(std::string_view name) {
  return name == "localhost" || name.ends_with(".localhost");
}

}  // namespace

HostNames::HostNames(const std::vector<std::string>& listen) {
  for (const std::string& text : listen) {
    const Result<http::Address> address = http::parse_address(text);
    if (address && !address->host.empty()) {
      names_.push_back(lower_case(name_in(address->host)));
    }
  }
}

std::optional<std::string> HostNames::fault(const http::Request& request) const {
  const std::string host = request.header("Host").value_or("");
  if (request.peer.empty() || host.empty()) return std::nullopt;
  const std::string name = lower_case(name_in(host));
  if (is_localhost(name) || is_ip_address(name)) return std::nullopt;
  if (std::ranges::count(names_, name) > 0) return std::nullopt;
  return "this daemon does not go by the name " + quote(name) +
         ", which a web page may have made up to reach it; ask it by its IP address, as "
         "localhost, or by a host that it is set to listen on";
}

bool HostNames::admit(const Call& call) const {
  const std::optional<std::string> misdirected = fault(call.request);
  if (!misdirected) return true;
  call.responder->respond(problem_answer(kMisdirected, *misdirected, call.problem));
  return false;
}

}  // namespace jobsched
