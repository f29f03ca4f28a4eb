#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace jobsched {

// A position in a text for people, both counted from 1: "line 3, column 5". Columns are characters
// of UTF-8. A position beyond the text is its end.
std::string describe_place(std::string_view text, std::size_t position);

}  // namespace jobsched
