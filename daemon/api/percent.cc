#include "daemon/api/percent.h"

#include <algorithm>
#include <cstddef>

#include "core/text/hex.h"

namespace jobsched {

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

std::optional<std::string> percent_decode_form(std::string_view raw) {
  std::string text{raw};
  std::ranges::replace(text, '+', ' ');
  return percent_decode(text);
}

}  // namespace jobsched
