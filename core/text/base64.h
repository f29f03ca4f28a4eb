#pragma once

#include <string>
#include <string_view>

#include "core/error.h"

namespace jobsched {

// Base64 of RFC 4648 section 4: the alphabet with `+` and `/`, with padding, on one line.
std::string encode_base64(std::string_view bytes);

// The bytes of a base64 text. White space anywhere is passed over, for line-wrapped text; beyond
// that it is strict, so that a value has one text: padding is required and unused bits are zero.
// Errors: kInvalid with the position of the fault.
Result<std::string> decode_base64(std::string_view text);

}  // namespace jobsched
