#pragma once

#include <string_view>

namespace jobsched::cmd {

// The files of completions/, which have the shells ask `jobsched __complete`.
std::string_view bash_completion();
std::string_view zsh_completion();
std::string_view fish_completion();

}  // namespace jobsched::cmd
