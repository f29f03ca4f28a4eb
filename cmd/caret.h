#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace jobsched::cmd {

// Shows where in `text` something is wrong: the text on one line and, below the character at byte
// `position`, a caret; both indented by two. A position past the end points behind the text.
std::string point_at(std::string_view text, std::size_t position);

}  // namespace jobsched::cmd
