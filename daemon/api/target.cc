#include "daemon/api/target.h"

#include <algorithm>
#include <vector>

#include "core/text/hex.h"

namespace jobsched {

namespace {

std::optional<std::string> percent_decode(std::string_view raw) {
  std::string decoded;
  decoded.reserve(raw.size());
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] != '%') {
      decoded += raw[i];
      continue;
    }
    const auto high = i + 1 < raw.size() ? hex_value(raw[i + 1]) : std::nullopt;
    const auto low = i + 2 < raw.size() ? hex_value(raw[i + 2]) : std::nullopt;
    if (!high || !low) return std::nullopt;
    decoded += static_cast<char>(*high << 4U | *low);
    i += 2;
  }
  return decoded;
}

std::string plus_to_space(std::string_view raw) {
  std::string text{raw};
  std::ranges::replace(text, '+', ' ');
  return text;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

tl::unexpected<Error> malformed_escape() {
  return fail(ErrorKind::kMalformed,
              "a % in the path must be followed by two hexadecimal digits; write % itself as %25");
}

}  // namespace

Result<Target> parse_target(std::string_view raw_path) {
  // The first part is empty: the path begins with a slash.
  const std::vector<std::string_view> parts = split(raw_path, '/');
  if (parts.size() == 3 && parts[1] == "1" && parts[2] == "secrets") return SecretsTarget{};
  if (parts.size() < 3 || parts[1] != "1" || parts[2] != "jobs") {
    return fail(ErrorKind::kNotFound, "there is nothing here; the jobs are at /1/jobs");
  }
  if (parts.size() == 3) return JobsTarget{};
  if (parts.size() == 4) {
    const auto id = percent_decode(parts[3]);
    if (!id) return malformed_escape();
    if (*id == "delete") return DeletionTarget{};
    return JobTarget{*id};
  }
  if (parts.size() > 5) {
    return fail(ErrorKind::kNotFound,
                "there is nothing here; a callback URL in a path must be percent-encoded, "
                "with every / as %2F");
  }
  const auto schedule = percent_decode(plus_to_space(parts[3]));
  const auto schedule_with_plus = percent_decode(parts[3]);
  const auto callback = percent_decode(parts[4]);
  if (!schedule || !schedule_with_plus || !callback) return malformed_escape();
  return PathJobTarget{*schedule, *schedule_with_plus, *callback};
}

std::optional<std::string> query_parameter(std::string_view raw_query, std::string_view name) {
  for (const std::string_view pair : split(raw_query, '&')) {
    const std::size_t equals = std::min(pair.find('='), pair.size());
    if (percent_decode(plus_to_space(pair.substr(0, equals))) != name) continue;
    const std::string_view value = equals < pair.size() ? pair.substr(equals + 1) : "";
    return percent_decode(plus_to_space(value)).value_or(std::string{value});
  }
  return std::nullopt;
}

}  // namespace jobsched
