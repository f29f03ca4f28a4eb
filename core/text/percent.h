#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace jobsched {

// `text` as it may stand in the query of a URL (RFC 3986): every byte but the unreserved characters
// as %XX.
std::string percent_encode(std::string_view text);

// The text that %XX stand in for bytes of (RFC 3986 section 2.1); absent if two hexadecimal digits
// do not follow a `%`.
std::optional<std::string> percent_decode(std::string_view raw);

// The same where `+` is a space, as in queries and forms.
std::optional<std::string> percent_decode_form(std::string_view raw);

}  // namespace jobsched
