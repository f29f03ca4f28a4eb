#include "cmd/rehearsal.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "cmd/option.h"
#include "core/text/utf8.h"
#include "core/time/duration.h"
#include "daemon/http/syntax.h"

namespace jobsched::cmd {

namespace {

constexpr std::size_t kMinStatus = 200;  // an interim answer is not one
constexpr std::size_t kMaxStatus = 599;
constexpr int kUnauthorized = 401;
constexpr Millis kMaxDelay = std::chrono::hours{1};  // no caller waits for so long

// Headers that say how the answer is framed, which is the server's business.
constexpr std::array<std::string_view, 4> kOwnHeaders{"Connection", "Content-Length", "Date",
                                                      "Transfer-Encoding"};

Fallible<std::vector<int>> parse_statuses(const std::vector<std::string>& lists) {
  std::vector<int> statuses;
  for (const std::string& list : lists) {
    std::optional<std::string_view> rest = list;
    while (rest) {
      const auto status = parse_count("--status", http::take_element(rest), kMinStatus, kMaxStatus);
      if (!status) return tl::unexpected(status.error());
      statuses.push_back(static_cast<int>(*status));
    }
  }
  return statuses;
}

Fallible<std::pair<std::string, std::string>> parse_header(const std::string& line) {
  const std::size_t colon = std::min(line.find(':'), line.size());
  const std::string name = line.substr(0, colon);
  const std::string value(
      http::trim(std::string_view(line).substr(std::min(colon + 1, line.size()))));
  if (colon == line.size() || !http::is_token(name) || !http::is_field_value(value)) {
    return fail(ExitCode::kUsage,
                "--header: " + quote(line) + " is not a header; write it as 'Name: value'");
  }
  if (std::ranges::any_of(kOwnHeaders,
                          [&](std::string_view own) { return http::same_text(own, name); })) {
    return fail(ExitCode::kUsage,
                "--header: " + quote(name) + " is set by the server itself; leave it out");
  }
  return std::pair(name, value);
}

Fallible<Millis> parse_delay(const std::string& text) {
  const auto delay = parse_duration(text);
  if (!delay) return refuse_argument("--delay", delay.error());
  if (*delay <= kMaxDelay) return *delay;
  return fail(ExitCode::kUsage, "--delay: at most " + format_duration(kMaxDelay));
}

}  // namespace

Fallible<Rehearsal> Rehearsal::parse(const std::vector<std::string>& statuses,
                                     const std::vector<std::string>& headers,
                                     const std::optional<std::string>& delay) {
  Rehearsal rehearsal;
  auto parsed = parse_statuses(statuses);
  if (!parsed) return tl::unexpected(parsed.error());
  rehearsal.statuses_ = std::move(*parsed);
  for (const std::string& line : headers) {
    const auto header = parse_header(line);
    if (!header) return tl::unexpected(header.error());
    rehearsal.headers_.push_back(*header);
  }
  if (delay) {
    const auto length = parse_delay(*delay);
    if (!length) return tl::unexpected(length.error());
    rehearsal.delay_ = *length;
  }
  return rehearsal;
}

int Rehearsal::next_status(bool signed_right) {
  if (statuses_.empty()) return signed_right ? 200 : kUnauthorized;
  const int status = statuses_.at(next_);
  next_ = std::min(next_ + 1, statuses_.size() - 1);
  return status;
}

http::Response Rehearsal::answer(int status) const {
  http::Response response;
  response.status = status;
  response.headers = headers_;
  return response;
}

}  // namespace jobsched::cmd
