#pragma once

#include <cstdint>
#include <optional>

namespace jobsched {

// The value of a hexadecimal digit in either case, 0 to 15; absent if it is not one.
constexpr std::optional<std::uint8_t> hex_value(char c) {
  if (c >= '0' && c <= '9') return static_cast<std::uint8_t>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<std::uint8_t>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<std::uint8_t>(c - 'A' + 10);
  return std::nullopt;
}

}  // namespace jobsched
