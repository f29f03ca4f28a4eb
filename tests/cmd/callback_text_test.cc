#include "cmd/callback_text.h"

#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

using jobsched::Headers;
using jobsched::cmd::ExitCode;
using jobsched::cmd::parse_delays;
using jobsched::cmd::parse_header;
using jobsched::cmd::parse_seconds;
using namespace std::chrono_literals;

namespace {

template <class T>
void check_refused(const T& result, std::string_view says) {
  REQUIRE_FALSE(result.has_value());
  CHECK((result.error().code == ExitCode::kUsage));
  CHECK_MESSAGE(result.error().message.find(says) != std::string::npos, result.error().message);
}

}  // namespace

TEST_CASE("a header is a name, a colon and a value") {
  struct Row {
    std::string_view text;
    Headers::value_type header;
  };

  const Row rows[] = {
      {"X-A: v", {"X-A", "v"}},
      {"X-A:v", {"X-A", "v"}},
      {"X-A: \t a b \t", {"X-A", "a b"}},
      {"X-A: http://x:1/", {"X-A", "http://x:1/"}},
      {"X-A:", {"X-A", ""}},
      {"X-A: ", {"X-A", ""}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const auto header = parse_header("--header", row.text);
    REQUIRE(header.has_value());
    CHECK(*header == row.header);
  }
  for (const std::string_view text : {"X-A", "X-A v", ": v", "X A: v", " X-A: v", "X-A : v"}) {
    CAPTURE(text);
    check_refused(parse_header("--header", text), "is not a header; write Name: value");
  }
  check_refused(parse_header("--header", "X-A: \xFF"), "is not UTF-8");
}

TEST_CASE("seconds are written as a duration of whole ones") {
  CHECK((parse_seconds("--timeout", "90s") == 90s));
  CHECK((parse_seconds("--timeout", "2m") == 120s));
  CHECK((parse_seconds("--timeout", "0s") == 0s));
  check_refused(parse_seconds("--timeout", "1500ms"),
                "--timeout: \"1500ms\" is not a whole number of seconds");
  check_refused(parse_seconds("--timeout", "30"),
                "--timeout: the unit after the number is missing");
}

TEST_CASE("delays are durations with commas between them") {
  CHECK((parse_delays("--backoff", "5s") == std::vector<std::chrono::seconds>{5s}));
  CHECK(
      (parse_delays("--backoff", "5s,30s,2m") == std::vector<std::chrono::seconds>{5s, 30s, 120s}));
  for (const std::string_view text : {"", ",", "5s,", ",5s", "5s, 30s", "5s;30s", "5,30"}) {
    CAPTURE(text);
    check_refused(parse_delays("--backoff", text), "--backoff: ");
  }
}
