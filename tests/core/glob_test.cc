#include "core/text/glob.h"

#include <string>
#include <string_view>

#include <doctest/doctest.h>

namespace jobsched {

TEST_CASE("a glob matches whole names") {
  struct Row {
    std::string_view pattern;
    std::string_view text;
    bool matches;
  };

  constexpr Row kRows[] = {
      {"", "", true},
      {"", "a", false},
      {"abc", "abc", true},
      {"abc", "abcd", false},
      {"abc", "ab", false},
      {"ABC", "abc", false},
      {"*", "", true},
      {"*", "anything", true},
      {"nightly-*", "nightly-backup", true},
      {"nightly-*", "nightly", false},
      {"*-backup", "nightly-backup", true},
      {"*a*b*c", "xxaxxbxxbc", true},
      {"*a*b*c", "xxaxxbxxbcd", false},
      {"**", "x", true},
      {"?", "x", true},
      {"?", "", false},
      {"?", "xy", false},
      {"?", "\xC3\xA4", true},
      {"??", "\xC3\xA4", false},
      {"a?c", "abc", true},
      {"[abc]x", "bx", true},
      {"[abc]x", "dx", false},
      {"[a-c]", "b", true},
      {"[a-c]", "-", false},
      {"[-ac]", "-", true},
      {"[a-]", "-", true},
      {"[!a-c]", "b", false},
      {"[!a-c]", "d", true},
      {"[^a-c]", "d", true},
      {"[]a]", "]", true},
      {"[!]a]", "]", false},
      {"[\xC3\xA4-\xC3\xBC]", "\xC3\xB6", true},
      {"[abc", "[abc", true},
      {"[", "[", true},
      {"*[", "a[", true},
      {"\\*", "*", true},
      {"\\*", "x", false},
      {"\\", "\\", true},
      {"a\\", "a\\", true},
      {"\xFF", "\xFF", true},
      {"\xFF", "\xC3\xBF", false},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.pattern);
    CAPTURE(row.text);
    CHECK(Glob(row.pattern).matches(row.text) == row.matches);
  }
}

TEST_CASE("a glob of many stars does not take for ever") {
  std::string pattern;
  for (int i = 0; i < 300; ++i)
    pattern += "*a";
  CHECK_FALSE(Glob(pattern + "b").matches(std::string(1'000, 'a')));
}

}  // namespace jobsched
