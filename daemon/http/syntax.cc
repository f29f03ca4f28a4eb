#include "daemon/http/syntax.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "core/text/ascii.h"

namespace jobsched::http {

namespace {

constexpr std::size_t kMaxPort = 65'535;

bool all_of(std::string_view text, std::string_view allowed) {
  return std::ranges::all_of(text, [allowed](char c) {
    return is_letter_or_digit(c) || allowed.find(c) != std::string_view::npos;
  });
}

bool is_port(std::string_view text) {
  if (text.empty()) return true;
  const auto number = parse_number(text);
  return number && *number <= kMaxPort;
}

}  // namespace

bool is_token_char(char c) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return is_letter_or_digit(c) || kMarks.find(c) != std::string_view::npos;
}

bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_token_char);
}

bool is_field_value(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    const auto byte = static_cast<std::uint8_t>(c);
    return (byte >= 0x20 && byte != 0x7f) || c == '\t';
  });
}

bool is_host(std::string_view text) {
  if (text.empty()) return true;
  constexpr std::string_view kIpv6 = "0123456789abcdefABCDEF:.";
  std::size_t end = 0;
  if (text.front() == '[') {
    end = text.find(']');
    if (end == std::string_view::npos || end == 1) return false;
    if (text.substr(1, end - 1).find_first_not_of(kIpv6) != std::string_view::npos) return false;
    ++end;
  } else {
    end = std::min(text.find(':'), text.size());
    if (end == 0 || !all_of(text.substr(0, end), "-._~!$&'()*+;=")) return false;
  }
  const std::string_view rest = text.substr(end);
  return rest.empty() || (rest.front() == ':' && is_port(rest.substr(1)));
}

std::string_view trim(std::string_view text) {
  return jobsched::trim(text, is_blank);
}

bool same_text(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, to_lower, to_lower);
}

std::optional<std::size_t> parse_number(std::string_view digits, int base) {
  std::size_t number = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, number, base);
  if (error != std::errc() || stop != end) return std::nullopt;
  return number;
}

std::string_view take_element(std::optional<std::string_view>& list) {
  const std::size_t comma = list->find(',');
  const std::string_view element = trim(list->substr(0, comma));
  if (comma == std::string_view::npos) {
    list.reset();
  } else {
    list->remove_prefix(comma + 1);
  }
  return element;
}

}  // namespace jobsched::http
