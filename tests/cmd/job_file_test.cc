#include "cmd/job_file.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "cmd/progress.h"

namespace jobsched::cmd {

namespace {

Result<void> accept(const JobDocument&) {
  return {};
}

// Refuses what goes to "bad".
Result<void> refuse_bad(const JobDocument& document) {
  if (document.url != "bad") return {};
  return jobsched::fail(ErrorKind::kInvalid, "it is bad", "url");
}

std::vector<std::string> documents_of(const JobFile& file) {
  std::vector<std::string> documents;
  for (std::size_t i = 0; i < file.size(); ++i)
    documents.emplace_back(file.document(i));
  return documents;
}

}  // namespace

TEST_CASE("a file of jobs is JSON lines, a JSON array, XML, or one document") {
  struct Row {
    std::string text;
    std::vector<std::string> documents;
  };

  const std::string a = "{\"url\":\"a\"}";
  const std::string b = "{\"url\":\"b\"}";
  const std::string spread = "{\n\"url\":\n\"a\"}";
  const std::string tricky = R"({"url":"],[\\\"{"})";
  const Row rows[] = {
      {"", {}},
      {" \n\n", {}},
      {a, {a}},
      {a + "\n" + b + "\n", {a, b}},
      {"\n" + a + "\r\n \n" + b, {a, b}},
      {"[" + a + ",\n" + b + "]", {a, b}},
      {"[" + a + ",\n" + b + ",\n]", {a, b}},
      {" [ ] ", {}},
      {"[" + tricky + " , " + spread + "]\n", {tricky, spread}},
      {spread + "\n", {spread}},
      {"<job><url>a</url></job>", {a}},
      {"\n<?xml version=\"1.0\"?><jobs><job><url>a</url></job><job><url>b</url></job></jobs>",
       {a, b}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    std::vector<std::optional<std::string>> judged;
    const auto file = parse_job_file("jobs", row.text, [&](const JobDocument& document) {
      judged.push_back(document.url);
      return Result<void>();
    });
    REQUIRE(file.has_value());
    CHECK(documents_of(*file) == row.documents);
    CHECK(judged.size() == row.documents.size());
  }
}

TEST_CASE("a file may have more jobs than a request") {
  std::string text = "[{}";
  for (int i = 0; i < 20'000; ++i)
    text += ",{}";
  CHECK(parse_job_file("jobs", text + "]", accept)->size() == 20'001);
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
      {"{\"url\":\"a\"}\n{\"url\":\n\"b\"}", "jobs:2: the document is not JSON"},
      {"{\"url\":\"bad\"}", "jobs:1: url: it is bad"},
      {"{\n\"ulr\":\"a\"}", "jobs: there is no field \"ulr\""},
      {"{\n\"url\":\"bad\"}", "jobs: url: it is bad"},
      {"[{\"url\":1}]", "jobs: job 1 of the list: url: the field is a string"},
      {"[{},{\"url\":\"bad\"}]", "jobs: job 2 of the list: url: it is bad"},
      {"[{} {}]", "jobs: the document is not JSON: a comma or ']' is expected, not \"{\""},
      {"[{}", "jobs: the document is not JSON: a comma or ']' is expected, not the end"},
      {"[{}}]", "jobs: the document is not JSON"},
      {"[{}],[{}]", "jobs: the document is not JSON"},
      {"[\"a", "jobs: the document is not JSON"},
      {"[", "jobs: the document is not JSON"},
      {"<jobs><job><url/></job><jub/></jobs>", "job 2 of the list"},
      {"<jobs><job/><job><url>bad</url></job></jobs>", "jobs: job 2 of the list: url: it is bad"},
      {"<job><url>bad</url></job>", "jobs: url: it is bad"},
      {"nonsense", "jobs:1: the document is not JSON"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const auto file = parse_job_file("jobs", std::string(row.text), refuse_bad);
    REQUIRE_FALSE(file.has_value());
    CHECK(file.error().code == ExitCode::kRefused);
    CHECK_MESSAGE(file.error().message.find(row.says) != std::string::npos, file.error().message);
  }
}

TEST_CASE("a bar shows how far it has come") {
  CHECK(progress_bar(0, 3) == "[....................]   0 %  0 of 3");
  CHECK(progress_bar(5'000, 10'000) == "[##########..........]  50 %  5000 of 10000");
  CHECK(progress_bar(3, 3) == "[####################] 100 %  3 of 3");
}

}  // namespace jobsched::cmd
