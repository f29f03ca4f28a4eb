#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace jobsched::http {

// The lexical rules of HTTP (RFC 9110 section 5.6, RFC 9112), without locale. All pure.

bool is_token_char(char c);

// One or more token characters.
bool is_token(std::string_view text);

// What a field value may hold: visible ASCII, space, tab and the bytes from 0x80 (obs-text).
bool is_field_value(std::string_view text);

// The value of a Host field: a name, an IPv4 address or an IPv6 address in brackets, and
// optionally a port. May be empty, as RFC 9112 section 3.2 allows. Narrower than RFC 3986: no comma
// and no percent-encoding, which others read in different ways.
bool is_host(std::string_view text);

// Without spaces and tabs at both ends.
std::string_view trim(std::string_view text);

// Equal but for the case of ASCII letters.
bool same_text(std::string_view a, std::string_view b);

// Digits only; absent if it is empty, has anything else, or does not fit.
std::optional<std::size_t> parse_number(std::string_view digits, int base = 10);

// Takes the first element, trimmed, off a comma-separated list. Requires: `list` has a value.
// Leaves `list` absent after the last.
std::string_view take_element(std::optional<std::string_view>& list);

}  // namespace jobsched::http
