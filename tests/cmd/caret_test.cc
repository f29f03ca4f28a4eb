#include "cmd/caret.h"

#include <string>
#include <string_view>

#include <doctest/doctest.h>

namespace jobsched::cmd {

TEST_CASE("a caret points at the fault") {
  struct Row {
    std::string_view text;
    std::size_t position;
    std::string_view expected;
    std::string_view why;
  };

  constexpr Row kRows[] = {
      {"0 0 25", 4, "  0 0 25\n      ^", "below the character"},
      {"x", 0, "  x\n  ^", "the first"},
      {"x", 1, "  x\n   ^", "behind the end"},
      {"x", 9, "  x\n   ^", "no further than that"},
      {"", 0, "  \n  ^", "nothing"},
      {"é x", 3, "  é x\n    ^", "characters count, not bytes"},
      {"\x1b[1m\xff!", 5, "  \uFFFD[1m\uFFFD!\n       ^", "what cannot be shown is replaced"},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.text);
    CAPTURE(row.why);
    CHECK(point_at(row.text, row.position) == row.expected);
  }
}

}  // namespace jobsched::cmd
