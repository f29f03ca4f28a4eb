#include "daemon/engine/answer.h"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using jobsched::Answer;
using jobsched::Instant;
using jobsched::Millis;

namespace {

constexpr Instant kNow{784'111'777s};  // Sun, 06 Nov 1994 08:49:37 GMT

Answer read(const std::vector<std::string_view>& lines) {
  Answer answer;
  for (const std::string_view line : lines)
    REQUIRE(answer.header(line));
  return answer;
}

}  // namespace

TEST_CASE("the headers that matter") {
  struct Row {
    std::string_view rule;
    std::vector<std::string_view> lines;
    std::optional<Millis> retry_after;
    bool no_retry;
  };

  const std::vector<Row> rows = {
      {"none", {"HTTP/1.1 200 OK\r\n", "\r\n"}, {}, false},
      {"seconds", {"Retry-After: 7\r\n"}, 7s, false},
      {"a date", {"Retry-After: Sun, 06 Nov 1994 08:50:37 GMT\r\n"}, 60s, false},
      {"any case, no blank", {"retry-AFTER:7\r\n", "JOBSCHED-NO-RETRY:1\r\n"}, 7s, true},
      {"blanks around", {"Retry-After: \t 7 \t\r\n", "Jobsched-No-Retry:  1 \r\n"}, 7s, true},
      {"the last counts", {"Retry-After: 7\r\n", "Retry-After: 8\r\n"}, 8s, false},
      {"nonsense is no hint", {"Retry-After: later\r\n"}, {}, false},
      {"no-retry is 1 or nothing", {"Jobsched-No-Retry: true\r\n"}, {}, false},
      {"another header", {"X-Retry-After: 7\r\n", "Jobsched-No-Retry-X: 1\r\n"}, {}, false},
      {"a line without colon", {"Retry-After\r\n"}, {}, false},
      {"an interim answer does not count",
       {"HTTP/1.1 103 Early Hints\r\n", "Retry-After: 7\r\n", "Jobsched-No-Retry: 1\r\n", "\r\n",
        "HTTP/1.1 200 OK\r\n", "\r\n"},
       {},
       false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.rule);
    const Answer answer = read(row.lines);
    CHECK(answer.retry_after(kNow) == row.retry_after);
    CHECK(answer.no_retry() == row.no_retry);
  }
}

TEST_CASE("headers are bounded, over all answers of a request together") {
  Answer answer;
  const std::string line(1'024, 'a');
  for (int i = 0; i < 64; ++i)
    CHECK(answer.header(line));
  CHECK_FALSE(answer.headers_too_long());
  CHECK_FALSE(answer.header("HTTP/1.1 100 Continue\r\n"));
  CHECK(answer.headers_too_long());
}

TEST_CASE("a body is read up to its limit") {
  Answer answer;
  CHECK(answer.body(std::string(65'536, 'x')));
  CHECK_FALSE(answer.body_long_enough());
  CHECK_FALSE(answer.body("x"));
  CHECK(answer.body_long_enough());
}

TEST_CASE("the beginning of a body is kept") {
  Answer answer;
  CHECK(answer.kept_body().empty());
  const std::string first("\0\xff\n", 3);
  answer.body(first);
  CHECK(answer.kept_body() == first);
  answer.body(std::string(1'020, 'a'));
  answer.body("bcd");
  CHECK(answer.kept_body() == first + std::string(1'020, 'a') + "b");
  answer.body("e");
  CHECK(answer.kept_body().size() == 1'024);
}

TEST_CASE("what is kept of a body ends with a whole character") {
  struct Row {
    std::string_view rule;
    std::string end;  // of a body that is cut within it
    std::size_t kept;
  };

  const Row rows[] = {{"whole", "xyz", 3},
                      {"two bytes, cut", "xy\xC3", 2},
                      {"three bytes, cut", "x\xE2\x82", 1},
                      {"four bytes, cut", "\xF0\x9F\x98", 0},
                      {"whole, of three bytes", "\xE2\x82\xAC", 3}};
  for (const Row& row : rows) {
    CAPTURE(row.rule);
    Answer answer;
    const std::string before(1'024 - row.end.size(), 'a');
    answer.body(before + row.end);
    CHECK(answer.kept_body() == before + row.end);  // that is all of it
    answer.body("more");
    CHECK(answer.kept_body() == before + row.end.substr(0, row.kept));
  }
}
