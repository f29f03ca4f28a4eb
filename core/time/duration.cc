#include "core/time/duration.h"

#include <array>
#include <cassert>
#include <cstdint>

#include "core/text/ascii.h"
#include "core/text/utf8.h"

namespace jobsched {

namespace {

struct Unit {
  std::string_view name;
  std::int64_t millis;
};

constexpr std::array kUnits{Unit{"d", 86'400'000}, Unit{"h", 3'600'000}, Unit{"m", 60'000},
                            Unit{"s", 1'000}, Unit{"ms", 1}};
constexpr std::int64_t kMaxMillis = Millis{std::chrono::years{100}}.count();

tl::unexpected<Error> refuse(std::string detail, std::size_t position) {
  return fail(ErrorKind::kInvalid, std::move(detail), "", position);
}

tl::unexpected<Error> too_long(std::size_t position) {
  return refuse("a length of time is at most 100 years", position);
}

tl::unexpected<Error> no_number(std::string_view text, std::size_t position) {
  if (text.empty()) return refuse("a length of time is missing; write one such as 90s or 1h30m", 0);
  if (position == text.size()) {
    return refuse("the number before the unit is missing; write one such as 90s or 1h30m",
                  position);
  }
  switch (text[position]) {
    case '-':
    case '+': return refuse("a length of time has no sign", position);
    case ' ':
    case '\t': return refuse("a length of time has no blanks; write it like 1h30m", position);
    case '.':
    case ',': return refuse("a length of time has no fractions; write 1h30m for 1.5h", position);
    default:
      return refuse("a number was expected instead of " + quote(text.substr(position)) +
                        "; write a length of time such as 90s or 1h30m",
                    position);
  }
}

tl::unexpected<Error> no_unit(std::string_view text, std::size_t position) {
  if (position == text.size()) {
    return refuse("the unit after the number is missing; write d, h, m, s or ms", position);
  }
  if (!is_letter(text[position])) return no_number(text, position);
  return refuse(quote(text.substr(position)) +
                    " does not begin with a unit; the units are d, h, m, s and ms, in lower case",
                position);
}

// At most kMaxMillis + 1, which stands for all greater numbers.
std::int64_t read_number(std::string_view text, std::size_t& position) {
  std::int64_t number = 0;
  for (; position < text.size() && is_digit(text[position]); ++position) {
    number = std::min(number * 10 + (text[position] - '0'), kMaxMillis + 1);
  }
  return number;
}

// The index in kUnits, or its size.
std::size_t read_unit(std::string_view text, std::size_t& position) {
  const std::size_t begin = position;
  while (position < text.size() && is_letter(text[position])) {
    ++position;
  }
  const std::string_view name = text.substr(begin, position - begin);
  std::size_t i = 0;
  while (i < kUnits.size() && kUnits[i].name != name) {
    ++i;
  }
  return i;
}

}  // namespace

Result<Millis> parse_duration(std::string_view text) {
  std::int64_t total = 0;
  std::size_t next_unit = 0;  // the greatest that may still come
  std::size_t position = 0;
  do {
    const std::size_t number_begin = position;
    const std::int64_t number = read_number(text, position);
    if (position == number_begin) return no_number(text, position);
    const std::size_t unit_begin = position;
    const std::size_t unit = read_unit(text, position);
    if (unit == kUnits.size()) return no_unit(text, unit_begin);
    if (unit < next_unit) {
      return refuse("the units come in falling order, each at most once: d, h, m, s, ms",
                    unit_begin);
    }
    // Both factors are small enough for the product: kMaxMillis is less than 2^42.
    if (number > (kMaxMillis - total) / kUnits[unit].millis) return too_long(number_begin);
    total += number * kUnits[unit].millis;
    next_unit = unit + 1;
  } while (position < text.size());
  return Millis{total};
}

std::string format_duration(Millis length) {
  assert(length >= Millis::zero());
  if (length == Millis::zero()) return "0s";
  std::int64_t rest = length.count();
  std::string text;
  for (const Unit& unit : kUnits) {
    if (rest < unit.millis) continue;
    text += std::to_string(rest / unit.millis);
    text += unit.name;
    rest %= unit.millis;
  }
  return text;
}

}  // namespace jobsched
