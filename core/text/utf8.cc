#include "core/text/utf8.h"

#include <array>

#include "core/text/ascii.h"

namespace jobsched {

namespace {

// One row of the table "Well-Formed UTF-8 Byte Sequences" of the Unicode standard: only the second
// byte has a range of its own.
struct Sequence {
  unsigned char first_low;
  unsigned char first_high;
  unsigned char second_low;
  unsigned char second_high;
  std::size_t length;
};

constexpr std::array kSequences{
    Sequence{0xC2, 0xDF, 0x80, 0xBF, 2}, Sequence{0xE0, 0xE0, 0xA0, 0xBF, 3},
    Sequence{0xE1, 0xEC, 0x80, 0xBF, 3}, Sequence{0xED, 0xED, 0x80, 0x9F, 3},
    Sequence{0xEE, 0xEF, 0x80, 0xBF, 3}, Sequence{0xF0, 0xF0, 0x90, 0xBF, 4},
    Sequence{0xF1, 0xF3, 0x80, 0xBF, 4}, Sequence{0xF4, 0xF4, 0x80, 0x8F, 4},
};

constexpr std::size_t kMaxExcerpt = 40;

unsigned char byte_at(std::string_view text, std::size_t i) {
  return static_cast<unsigned char>(text[i]);
}

bool is_continuation(unsigned char byte) {
  return byte >= 0x80 && byte <= 0xBF;
}

}  // namespace

std::optional<CodePoint> decode_utf8(std::string_view text) {
  if (text.empty()) return std::nullopt;
  const unsigned char first = byte_at(text, 0);
  if (first < 0x80) return CodePoint{first, 1};
  for (const Sequence& row : kSequences) {
    if (first < row.first_low || first > row.first_high) continue;
    if (text.size() < row.length) return std::nullopt;
    const unsigned char second = byte_at(text, 1);
    if (second < row.second_low || second > row.second_high) return std::nullopt;
    char32_t value = first & (0xFFU >> (row.length + 1));
    for (std::size_t i = 1; i < row.length; ++i) {
      if (!is_continuation(byte_at(text, i))) return std::nullopt;
      value = value << 6U | (byte_at(text, i) & 0x3FU);
    }
    return CodePoint{value, row.length};
  }
  return std::nullopt;
}

std::optional<std::size_t> find_invalid_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    if (is_ascii(text[i])) {
      ++i;
      continue;
    }
    const std::optional<CodePoint> code_point = decode_utf8(text.substr(i));
    if (!code_point) return i;
    i += code_point->length;
  }
  return std::nullopt;
}

bool is_xml_char(char32_t value) {
  if (value < 0x20) return value == '\t' || value == '\n' || value == '\r';
  return value < 0xD800 || (value > 0xDFFF && value < 0xFFFE) ||
         (value > 0xFFFF && value < 0x110000);
}

bool is_control(char32_t value) {
  return value < 0x20 || (value >= 0x7F && value < 0xA0);
}

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::optional<CodePoint> code_point = decode_utf8(text);
    const std::size_t length = code_point ? code_point->length : 1;
    if (is_space(text.front()) || (code_point && !is_control(code_point->value))) {
      out += text.substr(0, length);
    } else {
      out += kReplacementCharacter;
    }
    text.remove_prefix(length);
  }
  return out;
}

std::string excerpt(std::string_view text) {
  const bool cut = text.size() > kMaxExcerpt;
  std::size_t length = cut ? kMaxExcerpt : text.size();
  // Never within a character.
  while (cut && length > 0 && is_continuation(byte_at(text, length))) {
    --length;
  }
  std::string line = printable(text.substr(0, length));
  std::ranges::replace_if(
      line, [](char c) { return is_space(c); }, ' ');
  return cut ? line + "…" : line;
}

std::string quote(std::string_view text) {
  return '"' + excerpt(text) + '"';
}

}  // namespace jobsched
