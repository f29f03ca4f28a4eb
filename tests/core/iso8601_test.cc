#include "core/time/iso8601.h"

#include <cstdint>
#include <random>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

using jobsched::ErrorKind;
using jobsched::format_instant;
using jobsched::Instant;
using jobsched::Millis;
using jobsched::parse_date_time;
using jobsched::parse_instant;

TEST_CASE("every complete form of ISO 8601 is read") {
  struct Row {
    std::string_view text;
    std::string_view instant;
  };

  const Row rows[] = {
      // The original API's example.
      {"2011-05-11T15:30:00Z", "2011-05-11T15:30:00Z"},
      // Dates: calendar, ordinal, week; extended and basic.
      {"2026-12-01T15:30Z", "2026-12-01T15:30:00Z"},
      {"20261201T1530Z", "2026-12-01T15:30:00Z"},
      {"2026-335T15:30Z", "2026-12-01T15:30:00Z"},
      {"2026335T1530Z", "2026-12-01T15:30:00Z"},
      {"2026-W49-2T15:30Z", "2026-12-01T15:30:00Z"},
      {"2026W492T1530Z", "2026-12-01T15:30:00Z"},
      {"2024-366T00:00Z", "2024-12-31T00:00:00Z"},
      {"2026-001T00:00Z", "2026-01-01T00:00:00Z"},
      // Week years begin up to three days from 1 January.
      {"2026-W01-1T00:00Z", "2025-12-29T00:00:00Z"},
      {"2020-W53-7T00:00Z", "2021-01-03T00:00:00Z"},
      {"2021-W01-1T00:00Z", "2021-01-04T00:00:00Z"},
      {"2026-W53-5T00:00Z", "2027-01-01T00:00:00Z"},
      // Leap days.
      {"2024-02-29T00:00Z", "2024-02-29T00:00:00Z"},
      {"2000-02-29T00:00Z", "2000-02-29T00:00:00Z"},
      // Times: to the hour, the minute, the second.
      {"2026-12-01T15Z", "2026-12-01T15:00:00Z"},
      {"20261201T15Z", "2026-12-01T15:00:00Z"},
      {"2026-12-01T15:30:45Z", "2026-12-01T15:30:45Z"},
      {"20261201T153045Z", "2026-12-01T15:30:45Z"},
      {"2026-12-01t15:30:45z", "2026-12-01T15:30:45Z"},
      // Midnight at the end of a day.
      {"2026-12-31T24Z", "2027-01-01T00:00:00Z"},
      {"2026-12-31T24:00Z", "2027-01-01T00:00:00Z"},
      {"2026-12-31T24:00:00.000Z", "2027-01-01T00:00:00Z"},
      {"20261231T240000Z", "2027-01-01T00:00:00Z"},
      // Fractions of the last unit, rounded down to milliseconds.
      {"2026-12-01T15:30:00.25Z", "2026-12-01T15:30:00.250Z"},
      {"2026-12-01T15:30:00,25Z", "2026-12-01T15:30:00.250Z"},
      {"2026-12-01T15:30:00.0Z", "2026-12-01T15:30:00Z"},
      {"2026-12-01T15:30:00.9999999999999999999999Z", "2026-12-01T15:30:00.999Z"},
      {"2026-12-01T15:30:00.0009Z", "2026-12-01T15:30:00Z"},
      {"2026-12-01T15:30:00.001Z", "2026-12-01T15:30:00.001Z"},
      {"2026-12-01T15:30.5Z", "2026-12-01T15:30:30Z"},
      {"20261201T1530,25Z", "2026-12-01T15:30:15Z"},
      {"2026-12-01T15.5Z", "2026-12-01T15:30:00Z"},
      {"2026-12-01T15,0000002777777777777777777777777778Z", "2026-12-01T15:00:00.001Z"},
      {"2026-12-01T15,0000002777777777777777777777777777Z", "2026-12-01T15:00:00Z"},
      {"2026-12-01T15.99999999999Z", "2026-12-01T15:59:59.999Z"},
      // Offsets, in a form of their own choice.
      {"2026-12-01T15:30+01:00", "2026-12-01T14:30:00Z"},
      {"2026-12-01T15:30+0100", "2026-12-01T14:30:00Z"},
      {"2026-12-01T15:30+01", "2026-12-01T14:30:00Z"},
      {"20261201T1530-0030", "2026-12-01T16:00:00Z"},
      {"2026-12-01T15:30-00:30", "2026-12-01T16:00:00Z"},
      {"2026-12-01T15:30\u221201:00", "2026-12-01T16:30:00Z"},
      {"2026-12-01T15:30-00:00", "2026-12-01T15:30:00Z"},
      {"2026-12-01T15:30+23:59", "2026-11-30T15:31:00Z"},
      {"2026-12-01T15:30-23:59", "2026-12-02T15:29:00Z"},
      {"2026-12-01T15+05:30", "2026-12-01T09:30:00Z"},
      // The ends of the range.
      {"0000-01-01T00:00Z", "0000-01-01T00:00:00Z"},
      {"9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const auto instant = parse_instant(row.text);
    REQUIRE_MESSAGE(instant.has_value(), instant.error().detail);
    CHECK(format_instant(*instant) == row.instant);
  }
}

TEST_CASE("what is no date and time is refused where it goes wrong") {
  struct Row {
    std::string_view text;
    std::size_t position;
    std::string_view says;
  };

  const Row rows[] = {
      // Nothing like it.
      {"", 0, "this is not an ISO 8601 time; write one like 2026-12-01T15:30:00Z"},
      {"tomorrow", 0, "this is not an ISO 8601 time"},
      {" 2026-12-01T15:30Z", 0, "this is not an ISO 8601 time"},
      {"R5/2026-12-01T15:30Z/PT1H", 0, "this is not an ISO 8601 time"},
      {"0 15 10 ? * *", 0, "the year has four digits"},
      // Years.
      {"26-12-01T15:30Z", 0, "the year has four digits"},
      {"261201T1530Z", 0, "the year has four digits"},
      {"12026-12-01T15:30Z", 0, "the year has four digits"},
      {"+2026-12-01T15:30Z", 0, "no sign"},
      {"-0001-12-01T15:30Z", 0, "no sign"},
      // Dates that are not complete or do not exist.
      {"2026T15:30Z", 4, "the month and day are missing"},
      {"2026-T15:30Z", 5, "the month and day are missing"},
      {"2026-12T15:30Z", 7, "the day of the month is missing"},
      {"2026-1-01T15:30Z", 6, "the month has 2 digits"},
      {"2026-12-1T15:30Z", 9, "the day has 2 digits"},
      {"2026-13-01T15:30Z", 5, "there is no month 13; write 01 to 12"},
      {"2026-00-01T15:30Z", 5, "there is no month 00"},
      {"2026-02-30T15:30Z", 8, "2026-02 has no day 30; its last is 28"},
      {"2024-02-30T15:30Z", 8, "2024-02 has no day 30; its last is 29"},
      {"1900-02-29T15:30Z", 8, "its last is 28"},
      {"2026-04-31T15:30Z", 8, "2026-04 has no day 31; its last is 30"},
      {"2026-12-32T15:30Z", 8, "there is no day 32; write 01 to 31"},
      {"2026-12-00T15:30Z", 8, "there is no day 00"},
      {"20260230T1530Z", 6, "2026-02 has no day 30"},
      {"2026-366T15:30Z", 5, "2026 has no day 366; its last is 365"},
      {"2026-367T15:30Z", 5, "there is no day of the year 367"},
      {"2026-000T15:30Z", 5, "there is no day of the year 000"},
      {"2025-W53-1T15:30Z", 6, "2025 has no week 53; its last is 52"},
      {"2026-W54-1T15:30Z", 6, "there is no week 54"},
      {"2026-W00-1T15:30Z", 6, "there is no week 00"},
      {"2026-W49-8T15:30Z", 9, "there is no day of the week 8; write 1 to 7"},
      {"2026-W49-0T15:30Z", 9, "there is no day of the week 0"},
      {"2026-W49T15:30Z", 8, "the day of the week is missing"},
      {"2026-W4-1T15:30Z", 7, "the week has 2 digits"},
      {"2026-w49-2T15:30Z", 5, "the month and day are missing"},
      {"2026/12/01T15:30Z", 4, "the month and day are missing"},
      {"2026-12-011T15:30Z", 10, "a T and a time must follow the date"},
      // Basic and extended do not mix.
      {"2026-1201T15:30Z", 7, "the day of the month is missing"},
      {"2026-W492T15:30Z", 8, "the day of the week is missing"},
      {"2026-12-01T1530Z", 13, "a colon was expected before the minute"},
      {"2026-12-01T15:3045Z", 16, "a colon was expected before the second"},
      {"20261201T15:30Z", 11, "mixes the basic and the extended form"},
      {"20261201T1530:45Z", 13, "mixes the basic and the extended form"},
      // Times.
      {"2026-12-01", 10, "the time is missing"},
      {"2026-12-01T", 11, "a time must follow the T"},
      {"2026-12-01TZ", 11, "a time must follow the T"},
      {"2026-12-01 15:30Z", 10, "write a T in its place"},
      {"2026-12-01_15:30Z", 10, "a T and a time must follow the date"},
      {"2026-12-01Z", 10, "a T and a time must follow the date"},
      {"2026-12-01T5:30Z", 12, "the hour has 2 digits"},
      {"2026-12-01T25:30Z", 11, "there is no hour 25; write 00 to 24"},
      {"2026-12-01T24:01Z", 11, "24:00 is the end of the day"},
      {"2026-12-01T24:00:01Z", 11, "24:00 is the end of the day"},
      {"2026-12-01T24:00:00.001Z", 11, "24:00 is the end of the day"},
      {"2026-12-01T24.5Z", 11, "24:00 is the end of the day"},
      {"2026-12-01T15:60Z", 14, "there is no minute 60"},
      {"2026-12-01T15:3Z", 15, "the minute has 2 digits"},
      {"2026-12-01T15:Z", 14, "the minute has 2 digits"},
      {"2026-12-01T23:59:60Z", 17, "there is no second 60 in POSIX time"},
      {"2026-12-01T23:59:61Z", 17, "there is no second 61; write 00 to 59"},
      {"2026-12-01T15:30:0Z", 18, "the second has 2 digits"},
      {"2026-12-01T15:30:00.Z", 20, "digits must follow the decimal sign"},
      {"2026-12-01T15.5:30Z", 15, "does not belong after the time"},
      {"2026-12-01T15:30:00:00Z", 19, "does not belong after the time"},
      // Offsets and what follows.
      {"2026-12-01T15:30+1", 18, "the hour of the offset has 2 digits"},
      {"2026-12-01T15:30+24:00", 17, "there is no hour of the offset 24"},
      {"2026-12-01T15:30+01:60", 20, "there is no minute of the offset 60"},
      {"2026-12-01T15:30+01:", 20, "the minute of the offset has 2 digits"},
      {"2026-12-01T15:30+01:0", 21, "the minute of the offset has 2 digits"},
      {"2026-12-01T15:30+", 17, "the hour of the offset has 2 digits"},
      {"2026-12-01T15:30Z ", 17, "nothing may follow the offset"},
      {"2026-12-01T15:30ZZ", 17, "nothing may follow the offset"},
      {"2026-12-01T15:30+01:00:00", 22, "nothing may follow the offset"},
      {"2026-12-01T15:30 +01:00", 16, "a blank follows the time"},
      {"2026-12-01T15:30EST", 16, "\"EST\" does not belong after the time"},
      {"2026-12-01T15:30[UTC]", 16, "an offset from UTC is Z or like +01:00"},
      // A plus sign that a form decoder made a blank.
      {"2026-12-01T15:30:00 01:00", 19, "a blank follows the time"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const auto parsed = parse_date_time(row.text);
    REQUIRE_FALSE(parsed.has_value());
    CHECK(parsed.error().kind == ErrorKind::kInvalid);
    CHECK(parsed.error().position == row.position);
    CHECK_MESSAGE(parsed.error().detail.find(row.says) != std::string::npos, parsed.error().detail);
  }
}

TEST_CASE("a date and time without an offset is a wall-clock reading, not an instant") {
  const auto parsed = parse_date_time("2026-12-01T15:30");
  REQUIRE(parsed.has_value());
  CHECK_FALSE(parsed->offset.has_value());
  const auto expected = std::chrono::local_days{std::chrono::year{2026} / 12 / 1} +
                        std::chrono::hours{15} + std::chrono::minutes{30};
  CHECK((parsed->local == expected));

  const auto instant = parse_instant("2026-12-01T15:30");
  REQUIRE_FALSE(instant.has_value());
  CHECK(instant.error().position == 16);
  CHECK(instant.error().detail ==
        "the time has no offset from UTC; add Z for UTC, or an offset such as +01:00");
}

TEST_CASE("an offset may be read on its own") {
  const auto parsed = parse_date_time("2026-12-01T15:30-03:30");
  REQUIRE(parsed.has_value());
  REQUIRE(parsed->offset.has_value());
  CHECK(parsed->offset->count() == -210);
}

TEST_CASE("an instant that no four-digit year holds is refused") {
  for (const std::string_view text : {"0000-01-01T00:00+00:01", "0000-01-01T00:00+23:59",
                                      "9999-12-31T24:00Z", "9999-12-31T23:59:59-00:01"}) {
    CAPTURE(text);
    const auto instant = parse_instant(text);
    REQUIRE_FALSE(instant.has_value());
    CHECK(instant.error().detail == "the time is outside the years 0000 to 9999 in UTC");
  }
}

TEST_CASE("what is written is read back as it was") {
  std::mt19937_64 random(1);
  std::uniform_int_distribution<std::int64_t> millis(-62'167'219'200'000, 253'402'300'799'999);
  for (int i = 0; i < 20'000; ++i) {
    const Instant instant{Millis{millis(random)}};
    const std::string text = format_instant(instant);
    CAPTURE(text);
    const auto read = parse_instant(text);
    REQUIRE(read.has_value());
    REQUIRE(*read == instant);
  }
}

TEST_CASE("no cut and no changed byte of a valid text gives nonsense") {
  const auto check = [](const std::string& text) {
    CAPTURE(text);
    const auto parsed = parse_date_time(text);
    if (!parsed) {
      REQUIRE(parsed.error().position <= text.size());
      REQUIRE_FALSE(parsed.error().detail.empty());
      return;
    }
    const std::chrono::year_month_day date{std::chrono::floor<std::chrono::days>(parsed->local)};
    // Nothing but its own first four digits (or the neighbour, by week or by 24:00) is its year.
    const int year = std::stoi(text.substr(0, 4));
    REQUIRE(static_cast<int>(date.year()) >= year - 1);
    REQUIRE(static_cast<int>(date.year()) <= year + 1);
    if (parsed->offset) REQUIRE(std::chrono::abs(*parsed->offset) < std::chrono::hours{24});
  };
  for (const std::string text : {"2026-12-01T15:30:45.250+01:00", "20261201T153045Z",
                                 "2026-335T15:30Z", "2026W492T15-0100", "2026-W49-2T24:00Z"}) {
    for (std::size_t length = 0; length <= text.size(); ++length)
      check(text.substr(0, length));
    for (std::size_t i = 0; i < text.size(); ++i) {
      for (int byte = 0; byte < 256; ++byte) {
        std::string changed = text;
        changed[i] = static_cast<char>(byte);
        check(changed);
      }
    }
  }
}
