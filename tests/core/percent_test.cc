#include "core/text/percent.h"

#include <string_view>

#include <doctest/doctest.h>

namespace jobsched {

TEST_CASE("percent-encoding leaves only the unreserved characters") {
  struct Row {
    std::string_view text;
    std::string_view encoded;
  };

  constexpr Row kRows[] = {
      {"", ""},         {"azAZ09-._~", "azAZ09-._~"},    {"a b+c&d=e", "a%20b%2Bc%26d%3De"},
      {"*?", "%2A%3F"}, {"\xC3\xA4%\n", "%C3%A4%25%0A"},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.text);
    CHECK(percent_encode(row.text) == row.encoded);
  }
}

}  // namespace jobsched
