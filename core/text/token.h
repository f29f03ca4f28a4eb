#pragma once

#include <algorithm>
#include <string_view>

#include "core/text/ascii.h"

namespace jobsched {

// A token of HTTP (RFC 9110 section 5.6.2): what names of headers and media types are made of.

constexpr bool is_token_char(char c) {
  return is_letter_or_digit(c) ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

constexpr bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_token_char);
}

}  // namespace jobsched
