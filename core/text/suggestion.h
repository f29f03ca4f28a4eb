#pragma once

#include <span>
#include <string>
#include <string_view>

namespace jobsched {

// For the end of an error detail about an unknown name: `; did you mean "list"?` with the one of
// `names` that `text` is the beginning of or nearest to; empty if none is near.
std::string did_you_mean(std::string_view text, std::span<const std::string_view> names);

}  // namespace jobsched
