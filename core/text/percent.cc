#include "core/text/percent.h"

#include <algorithm>
#include <cstddef>

#include "core/text/ascii.h"
#include "core/text/hex.h"

namespace jobsched {

std::string percent_encode(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  constexpr std::string_view kUnreserved = "-._~";
  std::string encoded;
  for (const char c : text) {
    if (is_letter_or_digit(c) || kUnreserved.find(c) != std::string_view::npos) {
      encoded += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    encoded += '%';
    encoded += kDigits[byte >> 4U];
    encoded += kDigits[byte & 0xFU];
  }
  return encoded;
}

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
