#include "core/text/place.h"

#include <algorithm>

namespace jobsched {

std::string describe_place(std::string_view text, std::size_t position) {
  const std::string_view before = text.substr(0, position);
  const auto line = std::ranges::count(before, '\n') + 1;
  const std::string_view line_before = before.substr(before.rfind('\n') + 1);
  // Continuation bytes do not begin a character.
  const auto column =
      std::ranges::count_if(
          line_before, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }) +
      1;
  return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

}  // namespace jobsched
