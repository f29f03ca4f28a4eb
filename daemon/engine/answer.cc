#include "daemon/engine/answer.h"

#include "core/delivery/retry_after.h"
#include "core/text/ascii.h"
#include "core/text/utf8.h"
#include "daemon/http/syntax.h"

namespace jobsched {

bool Answer::header(std::string_view line) {
  header_bytes_ += line.size();
  if (headers_too_long()) return false;
  if (line.starts_with("HTTP/")) {  // what an interim answer said does not count
    retry_after_.clear();
    no_retry_ = false;
    return true;
  }
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return true;
  const std::string_view name = line.substr(0, colon);
  const std::string_view value = trim(line.substr(colon + 1), is_space);
  if (http::same_text(name, "Retry-After")) retry_after_ = value;
  if (http::same_text(name, "Jobsched-No-Retry")) no_retry_ = value == "1";
  return true;
}

bool Answer::body(std::string_view piece) {
  body_bytes_ += piece.size();
  kept_body_ += piece.substr(0, kMaxKeptResponse - kept_body_.size());
  return !body_long_enough();
}

std::string_view Answer::kept_body() const {
  const std::string_view kept = kept_body_;
  if (body_bytes_ == kept.size() || kept.empty()) return kept;
  std::size_t last = kept.size() - 1;
  while (last > 0 && !begins_character(kept[last])) {
    --last;
  }
  return decode_utf8(kept.substr(last)) ? kept : kept.substr(0, last);
}

std::optional<Millis> Answer::retry_after(Instant now) const {
  return parse_retry_after(retry_after_, now);
}

}  // namespace jobsched
