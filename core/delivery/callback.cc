#include "core/delivery/callback.h"

#include <algorithm>
#include <chrono>

#include "core/job/id.h"
#include "core/text/ascii.h"
#include "core/time/iso8601.h"
#include "core/version.h"

namespace jobsched {

namespace {

// RFC 9110 section 8.3: what a receiver assumes of a body without a type.
constexpr std::string_view kUntyped = "application/octet-stream";

bool has_port(std::string_view authority) {
  const std::size_t colon = authority.rfind(':');
  const std::size_t bracket = authority.rfind(']');  // an IPv6 literal has colons of its own
  return colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
}

bool has_user_agent(const Headers& headers) {
  return std::ranges::any_of(
      headers, [](const auto& header) { return lower_case(header.first) == "user-agent"; });
}

std::string_view header_of(const Callback& callback, std::string_view name) {
  const auto found =
      std::ranges::find(callback.headers, name, &std::pair<std::string, std::string>::first);
  return found == callback.headers.end() ? std::string_view() : std::string_view(found->second);
}

}  // namespace

Callback make_callback(const Job& job, const Delivery& delivery, Instant now) {
  const JobSpec& spec = job.spec;
  Callback callback{std::string(method_name(spec.method)), spec.url, {}, spec.data.value_or("")};
  auto& headers = callback.headers;
  headers.reserve(9 + spec.headers.size());  // with a signature
  if (!callback.body.empty()) {
    headers.emplace_back("Content-Type", spec.content_type.value_or(std::string(kUntyped)));
  }
  if (spec.signature) headers.emplace_back("X-Content-Signature", *spec.signature);
  if (!has_user_agent(spec.headers)) {
    headers.emplace_back("User-Agent", "jobsched/" + std::string(version()));
  }
  headers.emplace_back("webhook-id", format_delivery_id(delivery));
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch();
  headers.emplace_back("webhook-timestamp", std::to_string(seconds.count()));
  headers.emplace_back("Jobsched-Job-Id", format_job_id(delivery.job));
  headers.emplace_back("Jobsched-Fire-Time", format_instant(delivery.fire_time));
  headers.emplace_back("Jobsched-Attempt", std::to_string(delivery.attempt));
  headers.insert(headers.end(), spec.headers.begin(), spec.headers.end());
  return callback;
}

void add_signature(Callback& callback, std::span<const SigningSecret> secrets) {
  if (secrets.empty()) return;
  std::string value = signature_header(secrets, header_of(callback, "webhook-id"),
                                       header_of(callback, "webhook-timestamp"), callback.body);
  callback.headers.emplace_back("webhook-signature", std::move(value));
}

std::string callback_target(std::string_view url) {
  const std::size_t colon = url.find("://");
  const std::string scheme = lower_case(url.substr(0, std::min(colon, url.size())));
  if (colon != std::string_view::npos) url.remove_prefix(colon + 3);
  std::string authority = lower_case(url.substr(0, url.find_first_of("/?#")));
  if (authority.ends_with(':')) authority.pop_back();  // an empty port is none (RFC 3986)
  if (!has_port(authority)) authority += scheme == "https" ? ":443" : ":80";
  return authority;
}

}  // namespace jobsched
