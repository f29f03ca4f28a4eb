#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace jobsched {

// Character classes of ASCII, whatever the locale; bytes beyond ASCII are in none of them.

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

constexpr bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

constexpr bool is_letter_or_digit(char c) {
  return is_letter(c) || is_digit(c);
}

constexpr bool is_hex_digit(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

// A space or a tab: what HTTP calls optional white space.
constexpr bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

// A blank or a line end: the white space of JSON and XML.
constexpr bool is_space(char c) {
  return is_blank(c) || c == '\r' || c == '\n';
}

constexpr bool is_control(char c) {
  return (c >= '\0' && c < ' ') || c == '\x7F';
}

constexpr bool is_ascii(char c) {
  return c >= '\0';
}

constexpr char to_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

inline std::string lower_case(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), to_lower);
  return lower;
}

// `text` without the characters of a class at its ends.
template <class Predicate>
constexpr std::string_view trim(std::string_view text, Predicate is_trimmed) {
  while (!text.empty() && is_trimmed(text.front())) {
    text.remove_prefix(1);
  }
  while (!text.empty() && is_trimmed(text.back())) {
    text.remove_suffix(1);
  }
  return text;
}

}  // namespace jobsched
