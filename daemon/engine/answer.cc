#include "daemon/engine/answer.h"

#include <algorithm>

#include "core/delivery/retry_after.h"

namespace jobsched {

namespace {

constexpr std::string_view kBlank = " \t\r\n";

std::string_view trim(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(kBlank), text.size()));
  return text.substr(0, text.find_last_not_of(kBlank) + 1);
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same_name(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

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
  const std::string_view value = trim(line.substr(colon + 1));
  if (same_name(name, "Retry-After")) retry_after_ = value;
  if (same_name(name, "Jobsched-No-Retry")) no_retry_ = value == "1";
  return true;
}

bool Answer::body(std::size_t bytes) {
  body_bytes_ += bytes;
  return !body_long_enough();
}

std::optional<Millis> Answer::retry_after(Instant now) const {
  return parse_retry_after(retry_after_, now);
}

}  // namespace jobsched
