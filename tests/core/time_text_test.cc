#include "core/time/time_text.h"

#include <optional>
#include <string>

#include <doctest/doctest.h>

#include "tests/support/instants.h"

namespace jobsched {

using std::chrono::hours;
using std::chrono::minutes;

namespace {

// UTC+1, from 29 March 01:00Z UTC+2, from 25 October 01:00Z UTC+1 again.
Zone berlin() {
  using std::chrono::sys_seconds;
  return Zone(
      "Europe/Berlin",
      {{sys_seconds::min(), hours{1}},
       {std::chrono::floor<std::chrono::seconds>(test::instant("2026-03-29T01:00:00Z")), hours{2}},
       {std::chrono::floor<std::chrono::seconds>(test::instant("2026-10-25T01:00:00Z")),
        hours{1}}});
}

std::string read(std::string_view text, std::string_view now, const Zone& zone) {
  const auto instant = parse_time(text, test::instant(now), zone);
  return instant ? test::text_of(*instant) : "refused: " + instant.error().detail;
}

}  // namespace

TEST_CASE("times as people write them") {
  // 2026-12-02 is a Wednesday; in Berlin it is 10:00.
  constexpr std::string_view kNow = "2026-12-02T09:00:00Z";

  struct Row {
    std::string_view text;
    std::string_view expected;
    std::string_view why;
  };

  constexpr Row kRows[] = {
      {"2026-12-01T15:30:00Z", "2026-12-01T15:30:00Z", "an offset settles it"},
      {"2026-12-01T15:30+05:30", "2026-12-01T10:00:00Z", "any offset"},
      {"2026-12-01T15:30", "2026-12-01T14:30:00Z", "without one it is local"},
      {"2026-07-01T15:30", "2026-07-01T13:30:00Z", "local by the rules of that day"},
      {"20261201T1530", "2026-12-01T14:30:00Z", "basic form"},
      {"2026-W49-2T15:30", "2026-12-01T14:30:00Z", "week date"},
      {"2026-12-01 15:30", "2026-12-01T14:30:00Z", "a blank for the T"},
      {"2026-12-01 15:30:00Z", "2026-12-01T15:30:00Z", "the same with an offset"},
      {"  2026-12-01T15:30Z ", "2026-12-01T15:30:00Z", "blanks around it"},
      {"11:00", "2026-12-02T10:00:00Z", "today"},
      {"10:00:01", "2026-12-02T09:00:01Z", "today, by a second"},
      {"10:00", "2026-12-03T09:00:00Z", "now is past"},
      {"9:00", "2026-12-03T08:00:00Z", "tomorrow if past"},
      {"09:00", "2026-12-03T08:00:00Z", "the nought is free"},
      {"today 11:00", "2026-12-02T10:00:00Z", "today"},
      {"today 9:00", "2026-12-02T08:00:00Z", "today even if past"},
      {"tomorrow 11:00", "2026-12-03T10:00:00Z", "tomorrow"},
      {"9:00 tomorrow", "2026-12-03T08:00:00Z", "either order"},
      {"Tomorrow   9:00", "2026-12-03T08:00:00Z", "any case, any blanks"},
      {"yesterday 11:00", "2026-12-01T10:00:00Z", "the day before"},
      {"fri 17:00", "2026-12-04T16:00:00Z", "a day of the week"},
      {"Friday 17:00", "2026-12-04T16:00:00Z", "in full"},
      {"17:00 FRI", "2026-12-04T16:00:00Z", "in any order and case"},
      {"wed 10:01", "2026-12-02T09:01:00Z", "today is one"},
      {"wed 10:00", "2026-12-09T09:00:00Z", "next week if past"},
      {"tue 10:00", "2026-12-08T09:00:00Z", "yesterday's is next week's"},
      {"sun 0:00", "2026-12-05T23:00:00Z", "Sunday is day 0"},
      {"sat 23:59", "2026-12-05T22:59:00Z", "Saturday is day 6"},
      {"@0", "1970-01-01T00:00:00Z", "the epoch"},
      {"@1796139000", "2026-12-01T15:30:00Z", "seconds since it"},
      {"@253402300799", "9999-12-31T23:59:59Z", "the last"},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.text);
    CAPTURE(row.why);
    CHECK(read(row.text, kNow, berlin()) == row.expected);
  }
}

TEST_CASE("fractions of a second are kept to the millisecond") {
  const Instant now = test::instant("2026-12-02T09:00:00Z");
  CHECK(parse_time("@1.2509", now, berlin()) == Instant{Millis{1'250}});
  CHECK(parse_time("@1.5", now, berlin()) == Instant{Millis{1'500}});
  CHECK(parse_time("10:00:00.25", now, berlin()) == now + Millis{250});
}

TEST_CASE("the local day counts, not that of UTC") {
  // In Berlin it is already Thursday 3 December, 00:30.
  CHECK(read("tomorrow 9:00", "2026-12-02T23:30:00Z", berlin()) == "2026-12-04T08:00:00Z");
  CHECK(read("0:15", "2026-12-02T23:30:00Z", berlin()) == "2026-12-03T23:15:00Z");
  CHECK(read("thu 9:00", "2026-12-02T23:30:00Z", berlin()) == "2026-12-03T08:00:00Z");
}

TEST_CASE("a time that the clock skips is refused with both meanings") {
  constexpr std::string_view kMessage =
      "refused: the clock of Europe/Berlin skips 2026-03-29T02:30:00; write "
      "2026-03-29T01:30:00+01:00 or 2026-03-29T03:30:00+02:00";
  CHECK(read("2026-03-29T02:30", "2026-01-01T00:00:00Z", berlin()) == kMessage);
  CHECK(read("2:30", "2026-03-28T20:00:00Z", berlin()) == kMessage);
  CHECK(read("tomorrow 2:30", "2026-03-28T20:00:00Z", berlin()) == kMessage);
  CHECK(read("sun 2:30", "2026-03-25T20:00:00Z", berlin()) == kMessage);
  // Its edges exist, and a gap that is over is in nobody's way.
  CHECK(read("2026-03-29T01:59:59", "2026-01-01T00:00:00Z", berlin()) == "2026-03-29T00:59:59Z");
  CHECK(read("2026-03-29T03:00", "2026-01-01T00:00:00Z", berlin()) == "2026-03-29T01:00:00Z");
  CHECK(read("2:30", "2026-03-29T10:00:00Z", berlin()) == "2026-03-30T00:30:00Z");
  CHECK(read("sun 2:30", "2026-03-29T10:00:00Z", berlin()) == "2026-04-05T00:30:00Z");
}

TEST_CASE("of two passes the first is taken, or the first still to come") {
  CHECK(read("2026-10-25T02:30", "2026-01-01T00:00:00Z", berlin()) == "2026-10-25T00:30:00Z");
  CHECK(read("2:30", "2026-10-24T20:00:00Z", berlin()) == "2026-10-25T00:30:00Z");
  CHECK(read("2:30", "2026-10-25T01:00:00Z", berlin()) == "2026-10-25T01:30:00Z");
  CHECK(read("2:30", "2026-10-25T01:30:00Z", berlin()) == "2026-10-26T01:30:00Z");
}

TEST_CASE("what is not a time is refused with its place and the right forms") {
  struct Row {
    std::string_view text;
    std::size_t position;
    std::string_view detail;  // a part of it
  };

  constexpr Row kRows[] = {
      {"", 0, "the time is missing; write it like"},
      {"  ", 0, "the time is missing"},
      {"soon", 0, "\"soon\" is not a time; write it like 2026-12-01T15:30, 09:00"},
      {"25:00", 0, "\"25:00\" is not a time of day; write it like 09:00 or 9:00:30"},
      {"24:00", 0, "is not a time of day"},
      {"9:60", 0, "is not a time of day"},
      {"9:0", 0, "is not a time of day"},
      {"9:00Z", 0, "is not a time of day"},
      {"tomorrow", 0, "\"tomorrow\" is not a time"},
      {"tomorow 9:00", 0, "\"tomorow\" is not a day; did you mean \"tomorrow\"?"},
      {"tomorrow 9", 9, "\"9\" is not a time of day"},
      {"tomorrow soon", 9, "\"soon\" is not a time of day"},
      {"9:00 9:00", 5, "\"9:00\" is not a day"},
      {"next fri 9:00", 9, "there are too many words for a time"},
      {"2026-13-01T00:00", 5, ""},
      {" 2026-13-01T00:00", 6, ""},
      {"2026-12-01", 10, ""},
      {"@", 0, "\"@\" is not a number of seconds since 1970, as in @1796139000"},
      {"@-1", 0, "is not a number of seconds"},
      {"@1.", 0, "is not a number of seconds"},
      {"@1e9", 0, "is not a number of seconds"},
      {"@253402300800", 0, "is not a number of seconds"},
      {"@1333333333333333333", 0, "is not a number of seconds"},
      {"@9223372036854775807", 0, "is not a number of seconds"},
      {"9999-12-31T23:59-01:00", 0, "the time is not in the years 0000 to 9999"},
      {"0000-01-01T00:00", 0, "the time is not in the years 0000 to 9999"},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.text);
    const auto instant = parse_time(row.text, test::instant("2026-12-02T09:00:00Z"), berlin());
    REQUIRE(!instant);
    CHECK(instant.error().kind == ErrorKind::kInvalid);
    CHECK(instant.error().position == row.position);
    CAPTURE(instant.error().detail);
    CHECK(instant.error().detail.find(row.detail) != std::string::npos);
  }
}

TEST_CASE("a time that is sought in the past is the last such time") {
  // As above: Wednesday, 10:00 in Berlin.
  constexpr std::string_view kNow = "2026-12-02T09:00:00Z";

  struct Row {
    std::string_view text;
    std::string_view expected;
    std::string_view why;
  };

  constexpr Row kRows[] = {
      {"9:00", "2026-12-02T08:00:00Z", "today"},
      {"10:00", "2026-12-02T09:00:00Z", "now is past"},
      {"10:00:01", "2026-12-01T09:00:01Z", "yesterday, by a second"},
      {"wed 10:00", "2026-12-02T09:00:00Z", "today is one"},
      {"wed 11:00", "2026-11-25T10:00:00Z", "last week if it is still to come"},
      {"tue 17:00", "2026-12-01T16:00:00Z", "yesterday was one"},
      {"thu 9:00", "2026-11-26T08:00:00Z", "tomorrow's is last week's"},
      {"sun 0:00", "2026-11-28T23:00:00Z", "Sunday is day 0"},
      {"yesterday 9:00", "2026-12-01T08:00:00Z", "a day"},
      {"today 11:00", "2026-12-02T10:00:00Z", "today even if still to come"},
      {"tomorrow 9:00", "2026-12-03T08:00:00Z", "tomorrow is still to come"},
      {"2026-12-05T10:00", "2026-12-05T09:00:00Z", "and so may a date be"},
      {"@0", "1970-01-01T00:00:00Z", "the epoch"},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.text);
    CAPTURE(row.why);
    const auto instant = parse_past_time(row.text, test::instant(kNow), berlin());
    REQUIRE(instant);
    CHECK(test::text_of(*instant) == row.expected);
  }
  CHECK_FALSE(parse_past_time("soon", test::instant(kNow), berlin()));
}

TEST_CASE(
    "of past times, too, one that the clock skipped is refused, one that came twice the last") {
  const auto past = [](std::string_view text, std::string_view now) {
    const auto instant = parse_past_time(text, test::instant(now), berlin());
    return instant ? test::text_of(*instant) : "refused";
  };
  CHECK(past("2:30", "2026-03-29T05:00:00Z") == "refused");
  CHECK(past("2:30", "2026-03-29T00:30:00Z") == "2026-03-28T01:30:00Z");
  CHECK(past("2:30", "2026-10-25T00:45:00Z") == "2026-10-25T00:30:00Z");
  CHECK(past("2:30", "2026-10-25T05:00:00Z") == "2026-10-25T01:30:00Z");
}

}  // namespace jobsched
