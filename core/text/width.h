#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace jobsched {

// How many columns of a terminal the text takes, whatever the locale says: the sum of what its
// characters take, which of some emoji that are made of several is more than a terminal that joins
// them shows. The text is fit for one (`printable`) and on one line; bytes that are not UTF-8 take
// a column each.
std::size_t display_width(std::string_view text);

// The text as it is if it takes at most `width` columns, else as much of it as there is room for
// beside an ellipsis at its end. Requires: width > 0.
std::string cut_to_width(std::string_view text, std::size_t width);

// The same, and filled up with blanks where it takes less.
std::string fit_to_width(std::string_view text, std::size_t width);

}  // namespace jobsched
