#include "daemon/api/cross_site.h"

#include <string>
#include <string_view>

#include "core/text/ascii.h"

namespace jobsched {

namespace {

bool changes_nothing(const http::Request& request) {
  return request.method == "GET" || request.method == "HEAD" || request.method == "OPTIONS";
}

// "https://host:port" is of "host:port"; "null", which sandboxed pages send, of none.
std::string_view host_of(std::string_view origin) {
  const std::size_t slashes = origin.find("://");
  return slashes == std::string_view::npos ? std::string_view{} : origin.substr(slashes + 3);
}

// Sec-Fetch-Site knows better: behind a proxy the Host may be another than the page's.
bool is_of_another_site(const http::Request& request) {
  if (const auto site = request.header("Sec-Fetch-Site")) {
    return *site != "same-origin" && *site != "none";
  }
  const auto origin = request.header("Origin");
  if (!origin) return false;
  const std::string host = lower_case(host_of(*origin));
  return host.empty() || host != lower_case(request.header("Host").value_or(""));
}

}  // namespace

Result<void> check_same_site(const http::Request& request) {
  if (changes_nothing(request) || !is_of_another_site(request)) return {};
  return fail(ErrorKind::kForbidden,
              "a web page of another site may not change anything here; send the request from a "
              "program, or from a page that this daemon's own host serves");
}

}  // namespace jobsched
