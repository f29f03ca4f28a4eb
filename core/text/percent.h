#pragma once

#include <string>
#include <string_view>

namespace jobsched {

// `text` as it may stand in the query of a URL (RFC 3986): every byte but the unreserved characters
// as %XX.
std::string percent_encode(std::string_view text);

}  // namespace jobsched
