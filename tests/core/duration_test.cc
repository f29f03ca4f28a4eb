#include "core/time/duration.h"

#include <string>
#include <string_view>

#include <doctest/doctest.h>

using jobsched::ErrorKind;
using jobsched::Millis;
using namespace std::chrono_literals;

TEST_CASE("a length of time is read and written") {
  struct Row {
    std::string_view text;
    Millis length;
    std::string_view written;
  };

  const Row rows[] = {
      {"0s", 0ms, "0s"},
      {"0d0h0m0s0ms", 0ms, "0s"},
      {"1ms", 1ms, "1ms"},
      {"250ms", 250ms, "250ms"},
      {"1s", 1s, "1s"},
      {"90s", 90s, "1m30s"},
      {"10m", 10min, "10m"},
      {"1h30m", 90min, "1h30m"},
      {"2d", 48h, "2d"},
      {"36h", 36h, "1d12h"},
      {"1d1h1m1s1ms", 25h + 61s + 1ms, "1d1h1m1s1ms"},
      {"1h5ms", 1h + 5ms, "1h5ms"},
      {"007m", 7min, "7m"},
      {"36524d", 36524 * 24h, "36524d"},
      {"3155695200s", Millis{std::chrono::years{100}}, "36524d6h"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const auto length = jobsched::parse_duration(row.text);
    REQUIRE(length.has_value());
    CHECK(length->count() == row.length.count());
    CHECK(jobsched::format_duration(*length) == row.written);
    CHECK(jobsched::parse_duration(row.written) == row.length);
  }
}

TEST_CASE("what is no length of time is refused where it goes wrong") {
  struct Row {
    std::string_view text;
    std::size_t position;
    std::string_view says;
  };

  const Row rows[] = {
      {"", 0, "is missing"},
      {"10", 2, "the unit after the number is missing"},
      {"m", 0, "a number was expected instead of \"m\""},
      {"soon", 0, "a number was expected"},
      {"-5m", 0, "has no sign"},
      {"+5m", 0, "has no sign"},
      {" 5m", 0, "no blanks"},
      {"5 m", 1, "no blanks"},
      {"5m ", 2, "no blanks"},
      {"1.5h", 1, "no fractions"},
      {"1,5h", 1, "no fractions"},
      {"5M", 1, "in lower case"},
      {"5min", 1, "\"min\" does not begin with a unit"},
      {"5w", 1, "the units are d, h, m, s and ms"},
      {"1m1h", 3, "falling order"},
      {"1m1m", 3, "each at most once"},
      {"1ms1s", 4, "falling order"},
      {"1h5", 3, "unit after the number is missing"},
      {"1hh", 1, "\"hh\" does not begin with a unit"},
      {"5\xC2\xB5s", 1, "a number was expected"},
      {"36525d", 0, "at most 100 years"},
      {"3155695200s1ms", 11, "at most 100 years"},
      {"99999999999999999999999999d", 0, "at most 100 years"},
      {"9223372036854775807ms", 0, "at most 100 years"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const auto length = jobsched::parse_duration(row.text);
    REQUIRE_FALSE(length.has_value());
    CHECK(length.error().kind == ErrorKind::kInvalid);
    CHECK(length.error().position == row.position);
    CHECK_MESSAGE(length.error().detail.find(row.says) != std::string::npos, length.error().detail);
  }
}
