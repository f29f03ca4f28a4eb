#include "core/text/width.h"

#include <algorithm>
#include <cassert>

#include "core/text/character_widths.h"
#include "core/text/utf8.h"

namespace jobsched {

namespace {

constexpr std::string_view kEllipsis = "\u2026";  // takes one column

bool is_in(std::span<const CharacterRange> ranges, char32_t value) {
  const auto range = std::ranges::lower_bound(ranges, value, {}, &CharacterRange::last);
  return range != ranges.end() && range->first <= value;
}

std::size_t width_of(char32_t value) {
  if (value < 0x80) return 1;
  if (is_in(zero_width_characters(), value)) return 0;
  return is_in(wide_characters(), value) ? 2 : 1;
}

// The front of a text that takes at most so many columns.
struct Front {
  std::size_t bytes = 0;
  std::size_t width = 0;
};

Front front_of(std::string_view text, std::size_t most) {
  Front front;
  while (front.bytes < text.size()) {
    const auto code_point = decode_utf8(text.substr(front.bytes));
    const std::size_t width = code_point ? width_of(code_point->value) : 1;
    if (width > most - front.width) break;
    front.bytes += code_point ? code_point->length : 1;
    front.width += width;
  }
  return front;
}

}  // namespace

std::size_t display_width(std::string_view text) {
  return front_of(text, 2 * text.size()).width;
}

std::string cut_to_width(std::string_view text, std::size_t width) {
  assert(width > 0);
  if (front_of(text, width).bytes == text.size()) return std::string(text);
  return std::string(text.substr(0, front_of(text, width - 1).bytes)).append(kEllipsis);
}

std::string fit_to_width(std::string_view text, std::size_t width) {
  std::string fitted = cut_to_width(text, width);
  return fitted.append(width - display_width(fitted), ' ');
}

}  // namespace jobsched
