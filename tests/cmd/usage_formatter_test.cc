#include "cmd/usage_formatter.h"

#include <string>
#include <string_view>

#include <doctest/doctest.h>

namespace jobsched::cmd {

TEST_CASE("text is broken at blanks") {
  struct Row {
    std::string text;
    std::string_view wrapped;
  };

  const Row rows[] = {
      {"", ""},
      {"one", "one"},
      {"one two three", "one two\nthree"},
      {"one\ntwo  three", "one two\nthree"},
      {"incomprehensible a", "incomprehensible\na"},
      {"a incomprehensible", "a\nincomprehensible"},
      {"\u00e4\u00e4\u00e4 \u00e4\u00e4\u00e4 b", "\u00e4\u00e4\u00e4 \u00e4\u00e4\u00e4\nb"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    CHECK(wrap(row.text, 8) == row.wrapped);
  }
}

}  // namespace jobsched::cmd
