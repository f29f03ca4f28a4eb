#pragma once

#include <string_view>

namespace jobsched {

// The program's version, as in `jobsched/0.1.0`. Its one source is project(VERSION) in
// CMakeLists.txt.
std::string_view version();

}  // namespace jobsched
