#include "core/text/suggestion.h"

#include <array>
#include <string>

#include <doctest/doctest.h>

namespace jobsched {

TEST_CASE("an unknown name is answered with the nearest right one") {
  constexpr std::array<std::string_view, 6> kNames{"add",    "list",    "listen",
                                                   "update", "version", "content-type"};

  struct Row {
    std::string_view text;
    std::string_view expected;  // empty: none is near
    std::string_view why;
  };

  constexpr Row kRows[] = {
      {"lst", "list", "a letter left out"},
      {"updaet", "update", "two neighbours swapped"},
      {"UPDATE", "update", "case does not count"},
      {"ver", "version", "the beginning of a name"},
      {"content", "content-type", "the beginning of a long name"},
      {"a", "", "too short to say"},
      {"", "", "nothing"},
      {"remove", "", "far from everything"},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.text);
    CAPTURE(row.why);
    const std::string expected =
        row.expected.empty() ? "" : "; did you mean \"" + std::string(row.expected) + "\"?";
    CHECK(did_you_mean(row.text, kNames) == expected);
  }
  CHECK(did_you_mean(std::string(100'000, 'x'), kNames).empty());
  CHECK(did_you_mean("list", {}).empty());
}

}  // namespace jobsched
