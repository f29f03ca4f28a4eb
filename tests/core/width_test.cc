#include "core/text/width.h"

#include <algorithm>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "core/text/character_widths.h"

namespace jobsched {

TEST_CASE("a text takes the columns of its characters") {
  struct Row {
    std::string_view text;
    std::size_t width;
  };

  const Row rows[] = {
      {"", 0},
      {"plain", 5},
      {"\u00e4\u00f6\u00fc", 3},
      {"cafe\u0301", 4},                // a mark on the letter before
      {"\u591c\u9593", 4},              // ideographs
      {"\ud55c\uae00", 4},              // Hangul syllables
      {"\u1112\u1161\u11ab", 2},        // the same of initial, vowel and final
      {"\uff8a\uff9f", 2},              // half-width katakana
      {"\uff21", 2},                    // a full-width letter
      {"\U0001F680", 2},                // an emoji
      {"\U0001F1E9\U0001F1EA", 2},      // a flag, of two letters
      {"a\u200bb\u2060c", 3},           // nothing in between
      {"soft\u00adly", 7},              // a hyphen that may be seen
      {"\u2026\u2014\u00b7", 3},        // ambiguous ones are narrow
      {"\u0e01\u0e33\u0e49", 2},        // Thai
      {"\u0928\u092e\u0938\u094d", 3},  // Devanagari
      {"\xff\xc3", 2},                  // no UTF-8
      {"\u4e00\u9fff\uac00\ud7a3", 8},  // the ends of ranges
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    CHECK(display_width(row.text) == row.width);
  }
}

TEST_CASE("a text is cut and filled to a number of columns") {
  struct Row {
    std::string_view text;
    std::size_t width;
    std::string_view cut;
    std::string_view fitted;
  };

  const Row rows[] = {
      {"", 2, "", "  "},
      {"abc", 3, "abc", "abc"},
      {"abc", 5, "abc", "abc  "},
      {"abcd", 3, "ab\u2026", "ab\u2026"},
      {"abcd", 1, "\u2026", "\u2026"},
      {"\u591c\u9593", 4, "\u591c\u9593", "\u591c\u9593"},
      {"\u591c\u9593\u591c", 5, "\u591c\u9593\u2026", "\u591c\u9593\u2026"},
      {"\u591c\u9593\u591c", 4, "\u591c\u2026", "\u591c\u2026 "},
      {"e\u0301e\u0301e\u0301", 3, "e\u0301e\u0301e\u0301", "e\u0301e\u0301e\u0301"},
      {"e\u0301e\u0301e\u0301", 2, "e\u0301\u2026", "e\u0301\u2026"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    CAPTURE(row.width);
    CHECK(cut_to_width(row.text, row.width) == row.cut);
    CHECK(fit_to_width(row.text, row.width) == row.fitted);
  }
}

TEST_CASE("ranges of characters are in order and apart") {
  for (const auto ranges : {wide_characters(), zero_width_characters()}) {
    CHECK(std::ranges::all_of(ranges, [](const CharacterRange& range) {
      return range.first >= 0x80 && range.first <= range.last;
    }));
    CHECK(std::ranges::adjacent_find(ranges, [](const CharacterRange& a, const CharacterRange& b) {
            return a.last >= b.first;
          }) == ranges.end());
  }
}

}  // namespace jobsched
