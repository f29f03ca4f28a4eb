#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/error.h"

namespace jobsched {

// Parses a size in bytes: decimal digits, and one of the units `B`, `KiB`, `MiB`, `GiB` or none.
// "2048", "64KiB", "1MiB". Errors: kInvalid, with the position of the fault.
Result<std::size_t> parse_size(std::string_view text);

// In the largest unit that leaves a whole number, e.g. "64KiB"; "1000" has none.
std::string format_size(std::size_t bytes);

}  // namespace jobsched
