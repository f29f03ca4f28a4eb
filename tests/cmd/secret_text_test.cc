#include "cmd/secret_text.h"

#include <string>
#include <string_view>

#include <doctest/doctest.h>

namespace jobsched::cmd {

TEST_CASE("the terms of secrets are shown a line each") {
  struct Row {
    std::string_view json;
    std::string_view shown;
  };

  constexpr Row kRows[] = {
      {"[]", ""},
      {R"([{"created":"2026-12-01T15:30:00Z"}])", "since 2026-12-01T15:30:00Z\n"},
      {R"([{"created":"B"},{"created":"A","ends":"C"}])", "since B\nsince A until C\n"},
      {R"([{"created":"A\u001b[2J"}])", "since A\uFFFD[2J\n"},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.json);
    const auto terms = read_secret_terms(row.json);
    REQUIRE(terms);
    CHECK(show_terms(*terms) == row.shown);
  }
}

TEST_CASE("what is no list of secrets is refused") {
  const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
  for (const std::string_view json :
       {std::string_view(""), std::string_view("x"), std::string_view("{}"),
        std::string_view("[1]"), std::string_view("[{}]"), std::string_view(R"([{"created":1}])"),
        std::string_view(deep)}) {
    CAPTURE(json.substr(0, 40));
    const auto terms = read_secret_terms(json);
    REQUIRE_FALSE(terms);
    CHECK(terms.error().detail ==
          "the server's answer is not a list of secrets; is it jobsched that answers there?");
  }
}

}  // namespace jobsched::cmd
