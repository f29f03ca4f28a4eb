#include "cmd/job_file.h"

#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "cmd/progress.h"

namespace jobsched::cmd {

TEST_CASE("a file of jobs is JSON lines, a JSON array, XML, or one document") {
  struct Row {
    std::string_view text;
    std::vector<std::string> urls;
    std::vector<std::size_t> lines;
  };

  const Row rows[] = {
      {"", {}, {}},
      {" \n\n", {}, {}},
      {"{\"url\":\"a\"}\n{\"url\":\"b\"}\n", {"a", "b"}, {1, 2}},
      {"\n{\"url\":\"a\"}\r\n \n{\"url\":\"b\"}", {"a", "b"}, {2, 4}},
      {"[{\"url\":\"a\"},\n{\"url\":\"b\"}]", {"a", "b"}, {}},
      {"{\n\"url\":\n\"a\"}\n", {"a"}, {}},
      {"<job><url>a</url></job>", {"a"}, {}},
      {"\n<?xml version=\"1.0\"?><jobs><job><url>a</url></job></jobs>", {"a"}, {}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const auto file = parse_job_file("jobs", row.text);
    REQUIRE(file.has_value());
    CHECK(file->lines == row.lines);
    REQUIRE(file->documents.size() == row.urls.size());
    for (std::size_t i = 0; i < row.urls.size(); ++i)
      CHECK(file->documents[i].url == row.urls[i]);
  }
}

TEST_CASE("a file may have more jobs than a request") {
  std::string text = "[{}";
  for (int i = 0; i < 20'000; ++i)
    text += ",{}";
  CHECK(parse_job_file("jobs", text + "]")->documents.size() == 20'001);
}

TEST_CASE("a fault of a file is refused with its place") {
  struct Row {
    std::string_view text;
    std::string_view says;
  };

  const Row rows[] = {
      {"{\"url\":\"a\"}\n{\"ulr\":\"b\"}\n", "jobs:2: there is no field \"ulr\""},
      {"{\"url\":\"a\"}\n\n{\"url\":1}\n", "jobs:3: url: the field is a string"},
      {"{\"url\":\"a\"}\n[]\n", "jobs:2: "},
      {"[{\"url\":1}]", "jobs: job 1 of the list: url: the field is a string"},
      {"<jobs><job><url/></job><jub/></jobs>", "job 2 of the list"},
      {"nonsense", "jobs: the document is not JSON"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const auto file = parse_job_file("jobs", row.text);
    REQUIRE_FALSE(file.has_value());
    CHECK(file.error().code == ExitCode::kRefused);
    CHECK_MESSAGE(file.error().message.find(row.says) != std::string::npos, file.error().message);
  }
}

TEST_CASE("the place of a document is its line, or its number in the list") {
  CHECK(parse_job_file("jobs", "\n{}\n{}")->place(1) == "jobs:3");
  CHECK(parse_job_file("jobs", "[{},{}]")->place(1) == "jobs: job 2 of the list");
}

TEST_CASE("a bar shows how far it has come") {
  CHECK(progress_bar(0, 3) == "[....................]   0 %  0 of 3");
  CHECK(progress_bar(5'000, 10'000) == "[##########..........]  50 %  5000 of 10000");
  CHECK(progress_bar(3, 3) == "[####################] 100 %  3 of 3");
}

}  // namespace jobsched::cmd
