#include "core/time/local_text.h"

#include <string_view>

#include <doctest/doctest.h>

#include "tests/support/instants.h"

namespace jobsched {

TEST_CASE("an instant as a clock on the wall shows it") {
  struct Row {
    std::string_view instant;
    int offset;  // seconds
    std::string_view weekday;
    std::string_view text;
  };

  constexpr Row kRows[] = {
      {"2026-03-08T07:00:00Z", 0, "Sun", "2026-03-08T07:00:00+00:00"},
      {"2026-03-08T07:00:00Z", -14'400, "Sun", "2026-03-08T03:00:00-04:00"},
      {"2026-03-08T23:00:00Z", 3'600, "Mon", "2026-03-09T00:00:00+01:00"},
      {"2026-03-08T02:00:00Z", -28'800, "Sat", "2026-03-07T18:00:00-08:00"},
      {"2026-06-01T00:00:00Z", 20'700, "Mon", "2026-06-01T05:45:00+05:45"},
      {"2026-06-01T00:00:00Z", -1'800, "Sun", "2026-05-31T23:30:00-00:30"},
      {"1970-01-01T00:00:00Z", -2'670, "Wed", "1969-12-31T23:15:30-00:44:30"},
      {"2026-12-31T20:00:00Z", 50'400, "Fri", "2027-01-01T10:00:00+14:00"},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.text);
    const Instant instant = test::instant(row.instant);
    const std::chrono::seconds offset{row.offset};
    CHECK(format_local(instant, offset) == row.text);
    CHECK(local_text(instant, offset).weekday == row.weekday);
  }
}

TEST_CASE("an instant's local text comes in pieces") {
  const LocalText text =
      local_text(test::instant("2026-03-08T07:00:00Z") + Millis{250}, std::chrono::hours{-4});
  CHECK(text.date == "2026-03-08");
  CHECK(text.time == "03:00:00.250");
  CHECK(text.offset == "-04:00");
  CHECK(text.weekday == "Sun");
}

}  // namespace jobsched
