#include "daemon/settings/value.h"

#include <charconv>

#include "core/text/size.h"
#include "core/time/duration.h"

namespace jobsched {

ValueFault read_number(std::string_view text,
                       std::size_t least,
                       std::size_t most,
                       std::size_t& number) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  if (whole && value >= least && value <= most) {
    number = value;
    return {};
  }
  return quote(text) + " is not a number from " + std::to_string(least) + " to " +
         std::to_string(most);
}

ValueFault read_size(std::string_view text,
                     std::size_t least,
                     std::size_t most,
                     std::size_t& size) {
  const auto value = parse_size(text);
  if (!value) return quote(text) + " is not a size: " + value.error().detail;
  if (*value < least || *value > most) {
    return quote(text) + " is not from " + format_size(least) + " to " + format_size(most);
  }
  size = *value;
  return {};
}

ValueFault read_duration(std::string_view text, Millis least, Millis most, Millis& length) {
  const auto value = parse_duration(text);
  if (!value) return quote(text) + " is not a length of time: " + value.error().detail;
  if (*value < least || *value > most) {
    return quote(text) + " is not from " + format_duration(least) + " to " + format_duration(most);
  }
  length = *value;
  return {};
}

ValueFault read_duration(std::string_view text,
                         Millis least,
                         Millis most,
                         std::chrono::seconds& length) {
  Millis exact{};
  if (auto fault = read_duration(text, least, most, exact)) return fault;
  const auto whole = std::chrono::floor<std::chrono::seconds>(exact);
  if (whole != exact) return quote(text) + " is not a whole number of seconds";
  length = whole;
  return {};
}

ValueFault read_path(std::string_view text, const Environment& environment, std::string& path) {
  if (text.empty()) return "must be the path of a file";
  if (text.find('\0') != std::string_view::npos) return "a path cannot have a NUL byte";
  if (!text.starts_with("~/")) {
    path = text;
    return {};
  }
  const auto home = environment.find("HOME");
  if (home == environment.end() || home->second.empty()) {
    return "HOME is not set, so ~/ has no meaning; write the whole path";
  }
  path = home->second + std::string(text.substr(1));
  return {};
}

}  // namespace jobsched
