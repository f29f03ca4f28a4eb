#include "core/text/size.h"

#include <optional>
#include <string>

#include <doctest/doctest.h>

namespace jobsched {

TEST_CASE("sizes are digits and a binary unit") {
  struct Row {
    std::string_view text;
    std::optional<std::size_t> bytes;
    std::size_t position;  // of the fault
  };

  const Row rows[] = {
      {"0", 0, 0},
      {"2048", 2'048, 0},
      {"2048B", 2'048, 0},
      {"64KiB", 65'536, 0},
      {"1MiB", 1'048'576, 0},
      {"2GiB", 2'147'483'648, 0},
      {"", {}, 0},
      {"KiB", {}, 0},
      {"-1", {}, 0},
      {" 1", {}, 0},
      {"64kB", {}, 2},
      {"64KB", {}, 2},
      {"64 KiB", {}, 2},
      {"1.5MiB", {}, 1},
      {"99999999999999999999", {}, 0},
      {"99999999999GiB", {}, 0},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const auto size = parse_size(row.text);
    REQUIRE(size.has_value() == row.bytes.has_value());
    if (size) {
      CHECK(*size == *row.bytes);
    } else {
      CHECK(size.error().kind == ErrorKind::kInvalid);
      CHECK(size.error().position == row.position);
    }
  }
}

TEST_CASE("a wrong unit is told the right ones") {
  CHECK(parse_size("64kB").error().detail == "\"kB\" is no unit of size; write B, KiB, MiB or GiB");
}

TEST_CASE("sizes are written in the largest whole unit") {
  CHECK(format_size(0) == "0");
  CHECK(format_size(1'000) == "1000");
  CHECK(format_size(1'536) == "1536");
  CHECK(format_size(65'536) == "64KiB");
  CHECK(format_size(1'048'576) == "1MiB");
  CHECK(format_size(std::size_t{3} << 30) == "3GiB");
}

}  // namespace jobsched
