#include "core/delivery/retry_after.h"

#include <chrono>
#include <string_view>

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using jobsched::Instant;
using jobsched::Millis;
using jobsched::parse_retry_after;

namespace {

// Sun, 06 Nov 1994 08:49:37 GMT, the example of RFC 9110.
constexpr Instant kExample{784'111'777s};

}  // namespace

TEST_CASE("Retry-After is a number of seconds or a date") {
  struct Row {
    std::string_view rule;
    std::string_view value;
    Millis before;  // now is this long before the example date
    std::optional<Millis> expected;
  };

  const Row rows[] = {
      {"seconds", "120", 0s, 120s},
      {"zero", "0", 0s, 0s},
      {"leading zeros", "0007", 0s, 7s},
      {"blanks around", " \t5 \t", 0s, 5s},
      {"bounded", "999999999999999999999999", 0s, 24h * 3'650},
      {"bounded at nine digits", "999999999", 0s, 24h * 3'650},
      {"IMF-fixdate", "Sun, 06 Nov 1994 08:49:37 GMT", 90s, 90s},
      {"RFC 850", "Sunday, 06-Nov-94 08:49:37 GMT", 90s, 90s},
      {"asctime", "Sun Nov  6 08:49:37 1994", 90s, 90s},
      {"to the millisecond", "Sun, 06 Nov 1994 08:49:37 GMT", 1ms, 1ms},
      {"a date in the past is now", "Sun, 06 Nov 1994 08:49:37 GMT", -1h, 0s},
      {"two-digit year ahead", "Monday, 06-Nov-28 08:49:37 GMT", 0s, 24h * 3'650},
      {"two-digit year long past", "Monday, 06-Nov-45 08:49:37 GMT", 0s, 0s},
      {"leap second", "Sun, 06 Nov 1994 08:49:60 GMT", 0s, 23s},
      {"empty", "", 0s, {}},
      {"negative", "-5", 0s, {}},
      {"fraction", "1.5", 0s, {}},
      {"unit", "5s", 0s, {}},
      {"words", "in a while", 0s, {}},
      {"eight words", "a b c d e f g GMT", 0s, {}},
      {"seven words", "a b c d e f g", 0s, {}},
      {"zone other than GMT", "Sun, 06 Nov 1994 08:49:37 EST", 0s, {}},
      {"no such month", "Sun, 06 Nov1 1994 08:49:37 GMT", 0s, {}},
      {"no such day", "Sun, 30 Feb 1994 08:49:37 GMT", 0s, {}},
      {"day 0", "Sun, 00 Nov 1994 08:49:37 GMT", 0s, {}},
      {"hour 24", "Sun, 06 Nov 1994 24:49:37 GMT", 0s, {}},
      {"minute 60", "Sun, 06 Nov 1994 08:60:37 GMT", 0s, {}},
      {"second 61", "Sun, 06 Nov 1994 08:49:61 GMT", 0s, {}},
      {"year of five digits", "Sun, 06 Nov 19940 08:49:37 GMT", 0s, {}},
      {"number beyond an int", "Sun, 06 Nov 1994 08:49:99999999999 GMT", 0s, {}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.rule);
    const auto read = parse_retry_after(row.value, kExample - row.before);
    REQUIRE(read.has_value() == row.expected.has_value());
    if (read) CHECK(read->count() == row.expected->count());
  }
}

TEST_CASE("no cut of a date crashes, and none is taken for another date") {
  const std::string_view date = "Sun, 06 Nov 1994 08:49:37 GMT";
  for (std::size_t length = 0; length < date.size(); ++length) {
    CAPTURE(length);
    CHECK_FALSE(parse_retry_after(date.substr(0, length), kExample).has_value());
  }
}
