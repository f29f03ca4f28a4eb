#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "cmd/failure.h"

namespace jobsched::cmd {

// Shows where in `text` something is wrong: the text on one line and, below the character at byte
// `position`, a caret; both indented by two. A position past the end points behind the text.
std::string point_at(std::string_view text, std::size_t position);

// For a cron expression that cannot be read. The fault is shown below the message.
tl::unexpected<Failure> refuse_expression(std::string_view expression, const Error& error);

}  // namespace jobsched::cmd
