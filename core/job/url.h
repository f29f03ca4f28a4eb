#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/error.h"

namespace jobsched {

// The parts of a callback URL that decide where a request goes.
struct CallbackUrl {
  std::string scheme;  // "http" or "https", lower case
  std::string host;    // lower case; an IPv6 literal without its brackets
  std::uint16_t port;  // the scheme's own where none is given
};

// Checks a callback URL: absolute (RFC 3986), `http` or `https`, at most kMaxUrlBytes, a host, a
// port from 1 to 65535 if any, no user name or password, only characters that a URL may have.
// Errors: kInvalid with field "url"; the detail says how to mend it.
Result<CallbackUrl> parse_callback_url(std::string_view text);

}  // namespace jobsched
