#include "cmd/callback_text.h"

#include <algorithm>

#include "core/text/ascii.h"
#include "core/text/token.h"
#include "core/text/utf8.h"
#include "core/time/duration.h"

namespace jobsched::cmd {

Fallible<Headers::value_type> parse_header(const std::string& name, std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || !is_token(text.substr(0, colon))) {
    return fail(ExitCode::kUsage,
                name + ": " + quote(text) + " is not a header; write Name: value");
  }
  if (find_invalid_utf8(text)) {
    return fail(ExitCode::kUsage, name + ": " + quote(text) + " is not UTF-8");
  }
  return Headers::value_type{text.substr(0, colon), trim(text.substr(colon + 1), is_blank)};
}

Fallible<std::chrono::seconds> parse_seconds(const std::string& name, std::string_view text) {
  const auto length = parse_duration(text);
  if (!length) return refuse_argument(name, length.error());
  const auto seconds = std::chrono::floor<std::chrono::seconds>(*length);
  if (seconds == *length) return seconds;
  return fail(ExitCode::kUsage, name + ": " + quote(text) + " is not a whole number of seconds");
}

Fallible<std::vector<std::chrono::seconds>> parse_delays(const std::string& name,
                                                         std::string_view text) {
  std::vector<std::chrono::seconds> delays;
  for (;;) {
    const std::size_t comma = std::min(text.find(','), text.size());
    const auto delay = parse_seconds(name, text.substr(0, comma));
    if (!delay) return tl::unexpected(delay.error());
    delays.push_back(*delay);
    if (comma == text.size()) return delays;
    text.remove_prefix(comma + 1);
  }
}

}  // namespace jobsched::cmd
