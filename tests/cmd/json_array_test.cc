#include "cmd/json_array.h"

#include <string_view>
#include <vector>

#include <doctest/doctest.h>

namespace jobsched::cmd {

TEST_CASE("an array is split at its own commas") {
  struct Row {
    std::string_view json;
    std::vector<std::string_view> members;
  };

  const Row rows[] = {
      {"[]", {}},
      {" [ \n] ", {}},
      {"[1]", {"1"}},
      {"[ 1 ,\t{\"a\":1}\n]", {"1", "{\"a\":1}"}},
      {R"([{"a":[1,2],"b":{"c":3}},[4,5]])", {R"({"a":[1,2],"b":{"c":3}})", "[4,5]"}},
      {R"(["a,b","]","\"","\\",","])", {R"("a,b")", R"("]")", R"("\"")", R"("\\")", R"(",")"}},
      {"[1,]", {"1"}},
      {"[1, {\"a\":1},\n]", {"1", "{\"a\":1}"}},
      // Not JSON, which is for others to see.
      {"[,]", {"", ""}},
      {"[1,,]", {"1", "", ""}},
      {"[1 2]", {"1 2"}},
      {R"(["a])", {R"("a)"}},
      {R"(["\])", {R"("\)"}},
      {"[[}]", {"[}"}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.json);
    const auto members = split_json_array(row.json);
    REQUIRE(members);
    CHECK(*members == row.members);
  }
}

TEST_CASE("what does not begin and end as an array is none") {
  for (const std::string_view json :
       {"", "[", "]", "{}", "[1", "1]", "[1],[2]", "[1}]", "\"[]\""}) {
    CAPTURE(json);
    CHECK_FALSE(split_json_array(json));
  }
}

}  // namespace jobsched::cmd
