#include "cmd/received.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include <nlohmann/json.hpp>

#include "core/text/ascii.h"
#include "core/text/base64.h"
#include "core/text/utf8.h"
#include "core/time/duration.h"
#include "core/time/iso8601.h"

namespace jobsched::cmd {

namespace {

// Headers of the connection and the client, the same in every request.
constexpr std::array<std::string_view, 8> kDullHeaders{
    "accept", "accept-encoding",   "connection", "content-length", "expect",
    "host",   "transfer-encoding", "user-agent"};
constexpr std::string_view kIndent = "    ";

std::optional<Millis> lateness(const http::Request& request, Instant arrival) {
  const auto header = request.header("Jobsched-Fire-Time");
  if (!header) return std::nullopt;
  const auto fire_time = parse_instant(*header);
  if (!fire_time) return std::nullopt;
  return arrival - *fire_time;
}

std::string show_lateness(Millis late) {
  if (late < Millis{0}) return format_duration(-late) + " before its fire time";
  return format_duration(late) + " after its fire time";
}

// Text may have stray control characters; a NUL never is one.
bool is_text(std::string_view bytes) {
  return !find_invalid_utf8(bytes) && bytes.find('\0') == std::string_view::npos;
}

std::string indented(std::string_view text) {
  std::string lines;
  while (!text.empty()) {
    const auto length = std::min(text.find('\n'), text.size() - 1) + 1;
    lines += std::string(kIndent) + std::string(text.substr(0, length));
    text.remove_prefix(length);
  }
  if (!lines.ends_with('\n')) lines += '\n';
  return lines;
}

// Sixteen bytes a line: offset, values, and what of them is ASCII.
std::string hex_dump(std::string_view bytes) {
  constexpr std::size_t kWidth = 16;
  constexpr std::string_view kDigits = "0123456789abcdef";
  const auto hex = [&](std::size_t value, int digits) {
    std::string text;
    while (digits-- > 0)
      text += kDigits[(value >> (4 * digits)) & 0xF];
    return text;
  };
  std::string dump;
  for (std::size_t offset = 0; offset < bytes.size(); offset += kWidth) {
    const std::string_view row = bytes.substr(offset, kWidth);
    std::string values;
    std::string shown;
    for (const char c : row) {
      values += ' ' + hex(static_cast<unsigned char>(c), 2);
      shown += is_ascii(c) && !is_control(c) ? c : '.';
    }
    values.resize(3 * kWidth, ' ');
    dump += std::string(kIndent) + hex(offset, 8) + " " + values + "  " + shown + "\n";
  }
  return dump;
}

}  // namespace

std::string show_request(const http::Request& request, Instant arrival, const Verdict& verdict) {
  std::string text =
      format_instant(arrival) + " " + printable(request.method + " " + request.target);
  if (const auto late = lateness(request, arrival)) text += ", " + show_lateness(*late);
  if (verdict)
    text += *verdict ? ", signature right" : ", signature wrong: " + verdict->error().detail;
  text += '\n';
  for (const auto& [name, value] : request.headers) {
    if (std::ranges::find(kDullHeaders, lower_case(name)) != kDullHeaders.end()) continue;
    text += "  " + printable(name + ": " + value) + "\n";
  }
  if (!request.body.empty()) {
    text += '\n';
    text += is_text(request.body) ? indented(printable(request.body)) : hex_dump(request.body);
  }
  return text + '\n';
}

std::string request_json(const http::Request& request, Instant arrival, const Verdict& verdict) {
  nlohmann::ordered_json json{
      {"time", format_instant(arrival)}, {"method", request.method}, {"target", request.target}};
  auto& headers = json["headers"] = nlohmann::ordered_json::object();
  for (const auto& [name, value] : request.headers) {
    headers[name] =
        headers.contains(name) ? headers[name].get<std::string>() + ", " + value : value;
  }
  if (const auto late = lateness(request, arrival)) json["latenessMs"] = late->count();
  if (verdict) json["signature"] = *verdict ? "right" : "wrong";
  if (verdict && !*verdict) json["signatureFault"] = verdict->error().detail;
  const bool text = !find_invalid_utf8(request.body);
  json["body"] = text ? request.body : encode_base64(request.body);
  if (!text) json["bodyEncoding"] = "base64";
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace jobsched::cmd
