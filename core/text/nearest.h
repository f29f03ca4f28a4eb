#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace jobsched {

// The name of `names` that `text` was probably meant to be: the one with the fewest letters added,
// left out, changed or exchanged with their neighbour, case aside. Absent if none is close.
std::optional<std::string_view> nearest_name(std::string_view text,
                                             std::span<const std::string_view> names);

}  // namespace jobsched
