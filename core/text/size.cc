#include "core/text/size.h"

#include <array>
#include <charconv>
#include <limits>

#include "core/text/utf8.h"

namespace jobsched {

namespace {

struct Unit {
  std::string_view name;
  std::size_t bytes;
};

constexpr std::array kUnits{Unit{"GiB", std::size_t{1} << 30}, Unit{"MiB", std::size_t{1} << 20},
                            Unit{"KiB", std::size_t{1} << 10}};

}  // namespace

Result<std::size_t> parse_size(std::string_view text) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc::result_out_of_range) {
    return fail(ErrorKind::kInvalid, "the size is too large to be meant", {}, 0);
  }
  if (error != std::errc()) {
    return fail(ErrorKind::kInvalid, "a size begins with a number, as in 2048 or 64KiB", {}, 0);
  }
  const auto digits = static_cast<std::size_t>(end - text.data());
  const std::string_view suffix = text.substr(digits);
  if (suffix.empty() || suffix == "B") return number;
  for (const Unit& unit : kUnits) {
    if (suffix != unit.name) continue;
    if (number > std::numeric_limits<std::size_t>::max() / unit.bytes) {
      return fail(ErrorKind::kInvalid, "the size is too large to be meant", {}, 0);
    }
    return number * unit.bytes;
  }
  return fail(ErrorKind::kInvalid, quote(suffix) + " is no unit of size; write B, KiB, MiB or GiB",
              {}, digits);
}

std::string format_size(std::size_t bytes) {
  for (const Unit& unit : kUnits) {
    if (bytes != 0 && bytes % unit.bytes == 0) {
      return std::to_string(bytes / unit.bytes) + std::string(unit.name);
    }
  }
  return std::to_string(bytes);
}

}  // namespace jobsched
