#include "core/time/posix_tz.h"

#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "tests/support/instants.h"

namespace jobsched {
namespace {

using std::chrono::seconds;

// The changes of a year: "2026-03-29T01:00:00Z +7200, …".
std::string changes_in(std::string_view text, int year) {
  const auto rules = parse_posix_tz(text);
  if (!rules) return "invalid: " + rules.error().detail;
  std::string result;
  for (const Zone::Period& change : changes(*rules, year, year)) {
    if (!result.empty()) result += ", ";
    result += test::text_of(change.begin) + (change.offset < seconds{0} ? " " : " +") +
              std::to_string(change.offset.count());
  }
  return result;
}

TEST_CASE("POSIX TZ: the offset of standard time") {
  struct Row {
    std::string_view text;
    int seconds;
  };

  const Row rows[] = {
      {"UTC0", 0},         {"EST5", -18000},           {"EST+5", -18000},  {"CET-1", 3600},
      {"IST-5:30", 19800}, {"<+0545>-5:45", 20700},    {"<-03>3", -10800}, {"LMT0:01:15", -75},
      {"LMT-00:00:01", 1}, {"ABCDEF24:59:59", -89999},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const auto rules = parse_posix_tz(row.text);
    REQUIRE(rules);
    CHECK(rules->standard.count() == row.seconds);
    CHECK_FALSE(rules->daylight);
  }
}

TEST_CASE("POSIX TZ: the changes of a year") {
  struct Row {
    std::string_view rule;
    std::string_view text;
    int year;
    std::string_view changes;
  };

  const Row rows[] = {
      {"last Sundays, an hour ahead of standard time unless said otherwise",
       "CET-1CEST,M3.5.0,M10.5.0/3", 2026,
       "2026-03-29T01:00:00Z +7200, 2026-10-25T01:00:00Z +3600"},
      {"second Sunday, first Sunday, at 02:00 unless said otherwise", "EST5EDT,M3.2.0,M11.1.0",
       2026, "2026-03-08T07:00:00Z -14400, 2026-11-01T06:00:00Z -18000"},
      {"an offset of its own: half an hour", "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", 2026,
       "2026-04-04T15:00:00Z +37800, 2026-10-03T15:30:00Z +39600"},
      {"daylight saving time behind standard time", "IST-1GMT0,M10.5.0,M3.5.0/1", 2026,
       "2026-03-29T01:00:00Z +3600, 2026-10-25T01:00:00Z +0"},
      {"a negative time belongs to the day before", "<-02>2<-01>,M3.5.0/-1,M10.5.0/0", 2026,
       "2026-03-29T01:00:00Z -3600, 2026-10-25T01:00:00Z -7200"},
      {"a time beyond 24 hours belongs to a later day", "IST-2IDT,M3.4.4/26,M10.5.0", 2026,
       "2026-03-27T00:00:00Z +10800, 2026-10-24T23:00:00Z +7200"},
      {"up to 167 hours", "EET-2EEST,M3.5.0/167,M10.5.0/-167", 2026,
       "2026-04-04T21:00:00Z +10800, 2026-10-17T22:00:00Z +7200"},
      {"Jn does not count 29 February: 60 is always 1 March", "AAA0BBB,J60/0,J365/0", 2028,
       "2028-03-01T00:00:00Z +3600, 2028-12-30T23:00:00Z +0"},
      {"n counts from 0 and with 29 February: 59 is it in a leap year", "AAA0BBB,59/0,365/0", 2028,
       "2028-02-29T00:00:00Z +3600, 2028-12-30T23:00:00Z +0"},
      {"and 1 March in others", "AAA0BBB,59/0,364/0", 2027,
       "2027-03-01T00:00:00Z +3600, 2027-12-30T23:00:00Z +0"},
      {"all year: it never ends", "EST5EDT,0/0,J365/25", 2026, "2026-01-01T05:00:00Z -14400"},
      {"no daylight saving time, no change", "CET-1", 2026, ""},
      {"minutes and seconds in a time", "AAA0BBB,J1/1:02:03,J2", 2026,
       "2026-01-01T01:02:03Z +3600, 2026-01-02T01:00:00Z +0"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.rule);
    CHECK(changes_in(row.text, row.year) == row.changes);
  }
}

TEST_CASE("POSIX TZ: a zone of the rules") {
  const Zone zone = to_zone("Test/Zone", parse_posix_tz("CET-1CEST,M3.5.0,M10.5.0/3").value());
  CHECK(zone.name() == "Test/Zone");
  CHECK(zone.periods().size() == 1 + 2 * 300);

  struct Row {
    std::string_view instant;
    int offset;
  };

  const Row rows[] = {
      {"1900-01-01T00:00:00Z", 3'600}, {"1900-07-01T00:00:00Z", 7'200},
      {"2026-10-25T00:59:59Z", 7'200}, {"2026-10-25T01:00:00Z", 3'600},
      {"2199-07-01T00:00:00Z", 7'200}, {"2199-12-31T00:00:00Z", 3'600},
  };
  for (const Row& row : rows) {
    CAPTURE(row.instant);
    const auto instant = std::chrono::floor<seconds>(test::instant(row.instant));
    CHECK(zone.offset_at(instant).count() == row.offset);
  }
  // The same instant ends one year's and begins the next one's.
  const Zone all_year = to_zone("Test/Zone", parse_posix_tz("EST5EDT,0/0,J365/25").value());
  CHECK(all_year.periods().size() == 2);
}

TEST_CASE("POSIX TZ: what is refused, and where") {
  struct Row {
    std::string_view text;
    std::size_t position;
    std::string_view expected;
  };

  const Row rows[] = {
      {"", 0, "a name of three letters or more"},
      {"A5", 1, "a name of three letters or more"},
      {"<>5", 1, "a name in `<` and `>`"},
      {"<+05", 4, "a name in `<` and `>`"},
      {"<a b>5", 2, "a name in `<` and `>`"},
      {"EST", 3, "a number of hours"},
      {"EST25", 3, "a number of hours"},
      {"EST5:60", 5, "a number of minutes"},
      {"EST5:", 5, "a number of minutes"},
      {"EST5:00:60", 8, "a number of seconds"},
      {"EST5EDT", 7, "a `,` and a date"},
      {"EST5EDT,M3.2.0", 14, "a `,` and a date"},
      {"EST5EDT,M0.2.0,M11.1.0", 9, "a month from 1 to 12"},
      {"EST5EDT,M3-2.0,M11.1.0", 10, "a `.`"},
      {"EST5EDT,M3.6.0,M11.1.0", 11, "a week from 1 to 5"},
      {"EST5EDT,M3.2,M11.1.0", 12, "a `.`"},
      {"EST5EDT,M3.2.7,M11.1.0", 13, "a day of the week from 0 to 6"},
      {"EST5EDT,J0,J365", 9, "a day from 1 to 365"},
      {"EST5EDT,J366,J365", 9, "a day from 1 to 365"},
      {"EST5EDT,366,0", 8, "a day from 0 to 365"},
      {"EST5EDT,x,0", 8, "a day from 0 to 365"},
      {"EST5EDT,0/168,0", 10, "a number of hours"},
      {"EST5EDT,0/9999,0", 10, "a number of hours"},
      {"EST5EDT,0,1 ", 11, "its end"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const auto rules = parse_posix_tz(row.text);
    REQUIRE_FALSE(rules);
    CHECK(rules.error().kind == ErrorKind::kInvalid);
    CHECK(rules.error().field == "timezone");
    CHECK(rules.error().position == row.position);
    CHECK(rules.error().detail == "the POSIX time zone `" + std::string(row.text) +
                                      "` cannot be read: " + std::string(row.expected) +
                                      " must stand at byte " + std::to_string(row.position));
  }
}

}  // namespace
}  // namespace jobsched
