#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace jobsched {

// SHA-256 (FIPS 180-4): what bytes are known by where they need not, or must not, be kept.
using Digest = std::array<std::uint8_t, 32>;

Digest digest_of(std::string_view bytes);

}  // namespace jobsched
