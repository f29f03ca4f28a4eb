#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "daemon/store/postgres/parameters.h"

namespace jobsched::testing {

namespace {

using pg::Array;
using pg::Blob;
using pg::Parameters;

using namespace std::string_view_literals;

constexpr std::string_view kIdText = "018f0000-0000-7000-8000-000000000001";

}  // namespace

TEST_CASE("each element of an array has its text form") {
  struct Row {
    std::string_view rule;
    std::function<void(Array&)> add;
    std::string_view text;
  };

  const std::vector<Row> rows{
      {"a number", [](Array& array) { array.add(std::int64_t{-7}); }, "{-7}"},
      {"the least", [](Array& array) { array.add(std::int64_t{INT64_MIN}); },
       "{-9223372036854775808}"},
      {"yes", [](Array& array) { array.add(true); }, "{t}"},
      {"no", [](Array& array) { array.add(false); }, "{f}"},
      {"milliseconds", [](Array& array) { array.add(Instant{Millis{1'500}}); }, "{1500}"},
      {"a text", [](Array& array) { array.add("abc"sv); }, R"({"abc"})"},
      {"an empty text", [](Array& array) { array.add(""sv); }, R"({""})"},
      {"blanks and line ends", [](Array& array) { array.add(" a\nb "sv); }, "{\" a\nb \"}"},
      {"what arrays are made of", [](Array& array) { array.add("{a,b}"sv); }, R"({"{a,b}"})"},
      {"a text that is the word", [](Array& array) { array.add("NULL"sv); }, R"({"NULL"})"},
      {"a quote", [](Array& array) { array.add(R"(a"b)"sv); }, R"({"a\"b"})"},
      {"a backslash", [](Array& array) { array.add(R"(a\b)"sv); }, R"({"a\\b"})"},
      {"one at the end", [](Array& array) { array.add(R"(a\)"sv); }, R"({"a\\"})"},
      {"UTF-8", [](Array& array) { array.add("é"sv); }, R"({"é"})"},
      {"bytes", [](Array& array) { array.add(Blob{"\0\x7f\xff\"\\"sv}); }, R"({"\\x007fff225c"})"},
      {"no bytes", [](Array& array) { array.add(Blob{""sv}); }, R"({"\\x"})"},
      {"nothing", [](Array& array) { array.add_null(); }, "{NULL}"},
      {"a value that is there", [](Array& array) { array.add(std::optional{std::int64_t{1}}); },
       "{1}"},
      {"one that is not", [](Array& array) { array.add(std::optional<Instant>{}); }, "{NULL}"},
      {"a string that is not", [](Array& array) { array.add(std::optional<std::string>{}); },
       "{NULL}"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.rule);
    Array array;
    row.add(array);
    CHECK(array.text() == row.text);
  }
}

TEST_CASE("an array has its elements in order") {
  Array array;
  CHECK(array.text() == "{}");
  array.add(*parse_job_id(kIdText));
  CHECK(array.text() == "{" + std::string(kIdText) + "}");
  array.add_null();
  array.add(""sv);
  array.add(Blob{"a"});
  CHECK(array.text() == "{" + std::string(kIdText) + R"(,NULL,"","\\x61"})");
}

TEST_CASE("parameters are texts, bytes or nothing") {
  struct Row {
    std::string_view rule;
    Parameters parameters;
    std::optional<std::string> bytes;
    bool binary = false;
  };

  Array array;
  array.add("a,b"sv);
  const std::vector<Row> rows{
      {"a number", Parameters(std::int64_t{-7}), "-7"},
      {"yes", Parameters(true), "true"},
      {"no", Parameters(false), "false"},
      {"milliseconds", Parameters(Instant{Millis{1'500}}), "1500"},
      {"the end of time", Parameters(Instant::max()), "9223372036854775807"},
      {"an id", Parameters(*parse_job_id(kIdText)), std::string(kIdText)},
      {"a text, as it is", Parameters(std::string(R"(a"\'b)")), R"(a"\'b)"},
      {"an empty text", Parameters(std::string()), ""},
      {"bytes, as they are", Parameters(Blob{"a\0\xff"sv}), std::string("a\0\xff", 3), true},
      {"no bytes", Parameters(Blob{}), "", true},
      {"an array", Parameters(array), R"({"a,b"})"},
      {"a value that is there", Parameters(std::optional{std::string("a")}), "a"},
      {"bytes that are there", Parameters(std::optional{Blob{"a"}}), "a", true},
      {"one that is not", Parameters(std::optional<JobId>{}), std::nullopt},
  };
  for (const Row& row : rows) {
    CAPTURE(row.rule);
    REQUIRE(row.parameters.values().size() == 1);
    CHECK(row.parameters.values()[0].bytes == row.bytes);
    CHECK(row.parameters.values()[0].binary == row.binary);
  }
}

TEST_CASE("parameters are in order, and copied") {
  std::string text = "before";
  const Parameters parameters(std::int64_t{1}, text, std::optional<bool>{}, Blob{text});
  text = "after!";
  REQUIRE(parameters.values().size() == 4);
  CHECK(parameters.values()[0].bytes == "1");
  CHECK(parameters.values()[1].bytes == "before");
  CHECK_FALSE(parameters.values()[2].bytes);
  CHECK(parameters.values()[3].bytes == "before");
  CHECK(Parameters().values().empty());
}

}  // namespace jobsched::testing
