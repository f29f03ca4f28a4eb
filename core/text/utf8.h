#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace jobsched {

// A Unicode scalar value and the number of bytes it takes in UTF-8.
struct CodePoint {
  char32_t value;
  std::size_t length;
};

// U+FFFD in UTF-8: stands where a byte sequence cannot be shown.
constexpr std::string_view kReplacementCharacter = "\xEF\xBF\xBD";

// The code point at the front of `text`; absent if there is none, or the bytes are not well-formed
// UTF-8 (RFC 3629: shortest form, no surrogates, up to U+10FFFF).
std::optional<CodePoint> decode_utf8(std::string_view text);

// Whether a code point begins with the byte, in text that is well-formed: how many do is its length
// in characters.
constexpr bool begins_character(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U;
}

// The position of the first byte that is not well-formed UTF-8; absent if all are.
std::optional<std::size_t> find_invalid_utf8(std::string_view text);

// Whether XML 1.0 can carry the character at all, also by reference (its production `Char`).
bool is_xml_char(char32_t value);

// A control character (category Cc): C0, DELETE or C1.
bool is_control(char32_t value);

// `text` with every byte that is not well-formed UTF-8, and every control character but blanks and
// line ends, replaced by U+FFFD.
std::string printable(std::string_view text);

// User text for the middle of a sentence: printable, on one line, and cut to about 40 characters.
std::string excerpt(std::string_view text);

// The same in double quotes.
std::string quote(std::string_view text);

}  // namespace jobsched
