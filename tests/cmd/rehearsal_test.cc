#include "cmd/rehearsal.h"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

namespace jobsched::cmd {

namespace {

// The first statuses that are answered, e.g. "503 200 200".
std::string first_three(const std::vector<std::string>& statuses, bool signed_right = true) {
  auto rehearsal = Rehearsal::parse(statuses, {}, {});
  if (!rehearsal) return rehearsal.error().message;
  std::string text;
  for (int i = 0; i < 3; ++i)
    text += (i == 0 ? "" : " ") + std::to_string(rehearsal->next_status(signed_right));
  return text;
}

}  // namespace

TEST_CASE("statuses are answered in turn, and the last one repeats") {
  struct Row {
    std::string_view rule;
    std::vector<std::string> statuses;
    std::string_view answered;
  };

  const Row rows[] = {
      {"none", {}, "200 200 200"},
      {"one", {"503"}, "503 503 503"},
      {"a list", {"503,429,200"}, "503 429 200"},
      {"a short list", {"503,200"}, "503 200 200"},
      {"blanks in it", {"503, 200"}, "503 200 200"},
      {"given twice", {"503", "200"}, "503 200 200"},
      {"lists given twice", {"500,501", "502"}, "500 501 502"},
      {"not a number", {"abc"}, "--status: \"abc\" is not a number from 200 to 599"},
      {"too small", {"199"}, "--status: \"199\" is not a number from 200 to 599"},
      {"too large", {"600"}, "--status: \"600\" is not a number from 200 to 599"},
      {"a gap in a list", {"503,,200"}, "--status: \"\" is not a number from 200 to 599"},
      {"nothing", {""}, "--status: \"\" is not a number from 200 to 599"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.rule);
    CHECK(first_three(row.statuses) == row.answered);
  }
}

TEST_CASE("a wrong signature is answered 401, unless statuses were chosen") {
  CHECK(first_three({}, false) == "401 401 401");
  CHECK(first_three({"503,200"}, false) == "503 200 200");
}

TEST_CASE("headers of the answers") {
  struct Row {
    std::string_view line;
    std::string_view header;  // "NAME|VALUE", or the refusal
  };

  constexpr Row kRows[] = {
      {"Retry-After: 5", "Retry-After|5"},
      {"Retry-After:5", "Retry-After|5"},
      {"X-Empty:", "X-Empty|"},
      {"X-Colons: a:b: c ", "X-Colons|a:b: c"},
      {"Retry-After", "--header: \"Retry-After\" is not a header; write it as 'Name: value'"},
      {": 5", "--header: \": 5\" is not a header; write it as 'Name: value'"},
      {"", "--header: \"\" is not a header; write it as 'Name: value'"},
      {"A B: 5", "--header: \"A B: 5\" is not a header; write it as 'Name: value'"},
      {"A: 5\nB: 6", "--header: \"A: 5 B: 6\" is not a header; write it as 'Name: value'"},
      {"date: now", "--header: \"date\" is set by the server itself; leave it out"},
      {"Content-Length: 5",
       "--header: \"Content-Length\" is set by the server itself; leave it out"},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.line);
    const auto rehearsal = Rehearsal::parse({}, {std::string(row.line)}, {});
    if (!rehearsal) {
      CHECK(rehearsal.error().code == ExitCode::kUsage);
      CHECK(rehearsal.error().message == row.header);
      continue;
    }
    const http::Response answer = rehearsal->answer(503);
    CHECK(answer.status == 503);
    REQUIRE(answer.headers.size() == 1);
    CHECK(answer.headers[0].first + "|" + answer.headers[0].second == row.header);
  }
}

TEST_CASE("the delay of the answers") {
  CHECK(Rehearsal::parse({}, {}, {})->delay() == Millis{0});
  CHECK(Rehearsal::parse({}, {}, "1m30s")->delay() == std::chrono::seconds{90});
  CHECK(Rehearsal::parse({}, {}, "1h")->delay() == std::chrono::hours{1});
  CHECK(Rehearsal::parse({}, {}, "1h1ms").error().message == "--delay: at most 1h");
  CHECK(Rehearsal::parse({}, {}, "soon").error().message.starts_with("--delay: "));
}

}  // namespace jobsched::cmd
