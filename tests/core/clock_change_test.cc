#include "core/cron/clock_change.h"

#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "core/cron/expression.h"
#include "tests/support/instants.h"
#include "tests/support/zones.h"

namespace jobsched::cron {
namespace {

// The line for the first fire time after `after`.
std::string line_after(std::string_view expression,
                       std::string_view after,
                       const std::string& name) {
  const Zone zone = name == "UTC" ? Zone::utc() : test::system_zone(name);
  const auto parsed = Expression::parse(expression);
  REQUIRE(parsed);
  const auto fire_time = parsed->next(test::instant(after), zone);
  REQUIRE(fire_time);
  return format_fire_time(*fire_time, zone, parsed->clock_change(*fire_time, zone));
}

TEST_CASE("cron: a fire time says where a change of the clock moved it") {
  struct Row {
    std::string_view rule;
    std::string zone;
    std::string_view expression;
    std::string_view after;
    std::string_view line;
  };

  const Row rows[] = {
      // gaps
      {"a time in the gap fires at its end", "America/New_York", "0 30 2 * * ?",
       "2026-03-08T00:00:00Z",
       "2026-03-08T07:00:00Z  Sun 2026-03-08 03:00:00 -04:00  "
       "(clock went forward: 02:30 does not exist)"},
      {"the gap's first second is in it", "Europe/Berlin", "0 0 2 * * ?", "2026-03-29T00:00:00Z",
       "2026-03-29T01:00:00Z  Sun 2026-03-29 03:00:00 +02:00  "
       "(clock went forward: 02:00 does not exist)"},
      {"its last second too", "Europe/Berlin", "59 59 2 * * ?", "2026-03-29T00:00:00Z",
       "2026-03-29T01:00:00Z  Sun 2026-03-29 03:00:00 +02:00  "
       "(clock went forward: 02:59:59 does not exist)"},
      {"several in the gap are one fire", "America/New_York", "0 0/10 2 * * ?",
       "2026-03-08T00:00:00Z",
       "2026-03-08T07:00:00Z  Sun 2026-03-08 03:00:00 -04:00  "
       "(clock went forward: 02:00 and others do not exist)"},
      {"half an hour", "Australia/Lord_Howe", "0 15 2 * * ?", "2026-10-03T15:20:00Z",
       "2026-10-03T15:30:00Z  Sun 2026-10-04 02:30:00 +11:00  "
       "(clock went forward: 02:15 does not exist)"},
      {"a whole day: the time has its date", "Pacific/Apia", "0 15 10 ? * *",
       "2011-12-30T00:00:00Z",
       "2011-12-30T10:00:00Z  Sat 2011-12-31 00:00:00 +14:00  "
       "(clock went forward: 2011-12-30 10:15 does not exist)"},
      // no gap
      {"the gap's end is no part of it", "America/New_York", "0 0 3 * * ?", "2026-03-08T00:00:00Z",
       "2026-03-08T07:00:00Z  Sun 2026-03-08 03:00:00 -04:00"},
      {"the second before it neither", "America/New_York", "59 59 1 * * ?", "2026-03-08T00:00:00Z",
       "2026-03-08T06:59:59Z  Sun 2026-03-08 01:59:59 -05:00"},
      {"later on that day", "America/New_York", "0 30 2,10 * * ?", "2026-03-08T07:00:00Z",
       "2026-03-08T14:30:00Z  Sun 2026-03-08 10:30:00 -04:00"},
      {"earlier on that day", "Europe/Berlin", "0 30 0 * * ?", "2026-03-28T12:00:00Z",
       "2026-03-28T23:30:00Z  Sun 2026-03-29 00:30:00 +01:00"},
      {"half an hour: beyond it", "Australia/Lord_Howe", "0 45 2 * * ?", "2026-10-03T15:20:00Z",
       "2026-10-03T15:45:00Z  Sun 2026-10-04 02:45:00 +11:00"},
      {"every hour: nothing is named in the gap", "America/New_York", "0 0 * * * ?",
       "2026-03-08T06:30:00Z", "2026-03-08T07:00:00Z  Sun 2026-03-08 03:00:00 -04:00"},
      // overlaps
      {"the first pass fires", "America/New_York", "0 30 1 * * ?", "2026-11-01T00:00:00Z",
       "2026-11-01T05:30:00Z  Sun 2026-11-01 01:30:00 -04:00  "
       "(clock goes back: the first 01:30 of two)"},
      {"the overlap's first second is in it", "Europe/Berlin", "0 0 2 * * ?",
       "2026-10-24T12:00:00Z",
       "2026-10-25T00:00:00Z  Sun 2026-10-25 02:00:00 +02:00  "
       "(clock goes back: the first 02:00 of two)"},
      {"its last second too", "Europe/Berlin", "59 59 2 * * ?", "2026-10-24T12:00:00Z",
       "2026-10-25T00:59:59Z  Sun 2026-10-25 02:59:59 +02:00  "
       "(clock goes back: the first 02:59:59 of two)"},
      {"every hour: the first pass", "Europe/Berlin", "0 30 * * * ?", "2026-10-25T00:00:00Z",
       "2026-10-25T00:30:00Z  Sun 2026-10-25 02:30:00 +02:00  "
       "(clock goes back: the first 02:30 of two)"},
      {"every hour: the second pass", "Europe/Berlin", "0 30 * * * ?", "2026-10-25T00:30:00Z",
       "2026-10-25T01:30:00Z  Sun 2026-10-25 02:30:00 +01:00  "
       "(clock went back: the second 02:30 of two)"},
      {"every hour: the moment of the change", "America/New_York", "0 0 * * * ?",
       "2026-11-01T05:30:00Z",
       "2026-11-01T06:00:00Z  Sun 2026-11-01 01:00:00 -05:00  "
       "(clock went back: the second 01:00 of two)"},
      {"half an hour", "Australia/Lord_Howe", "0 45 1 * * ?", "2026-04-04T12:00:00Z",
       "2026-04-04T14:45:00Z  Sun 2026-04-05 01:45:00 +11:00  "
       "(clock goes back: the first 01:45 of two)"},
      // no overlap
      {"the overlap's end is no part of it", "America/New_York", "0 0 2 * * ?",
       "2026-11-01T00:00:00Z", "2026-11-01T07:00:00Z  Sun 2026-11-01 02:00:00 -05:00"},
      {"the second before it neither", "America/New_York", "59 59 0 * * ?", "2026-11-01T00:00:00Z",
       "2026-11-01T04:59:59Z  Sun 2026-11-01 00:59:59 -04:00"},
      {"half an hour: before it", "Australia/Lord_Howe", "0 15 1 * * ?", "2026-04-04T12:00:00Z",
       "2026-04-04T14:15:00Z  Sun 2026-04-05 01:15:00 +11:00"},
      {"later on that day", "Europe/Berlin", "0 30 12 * * ?", "2026-10-25T00:00:00Z",
       "2026-10-25T11:30:00Z  Sun 2026-10-25 12:30:00 +01:00"},
      // no daylight saving time
      {"a zone without it", "Asia/Kolkata", "0 30 2 * * ?", "2026-03-07T23:00:00Z",
       "2026-03-08T21:00:00Z  Mon 2026-03-09 02:30:00 +05:30"},
      {"UTC", "UTC", "0 30 2 * * ?", "2026-03-29T00:00:00Z",
       "2026-03-29T02:30:00Z  Sun 2026-03-29 02:30:00 +00:00"},
      {"a day between changes", "America/New_York", "0 30 2 * * ?", "2026-03-08T07:00:00Z",
       "2026-03-09T06:30:00Z  Mon 2026-03-09 02:30:00 -04:00"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.rule);
    CAPTURE(row.zone);
    CHECK(line_after(row.expression, row.after, row.zone) == row.line);
  }
}

TEST_CASE("cron: what a change of the clock is, as data") {
  using Kind = ClockChange::Kind;
  using std::chrono::local_days;
  using std::chrono::minutes;
  const Zone zone = test::system_zone("America/New_York");
  const auto change = [&](std::string_view expression, std::string_view fire_time) {
    return Expression::parse(expression).value().clock_change(test::instant(fire_time), zone);
  };
  const local_days spring{std::chrono::year{2026} / 3 / 8};
  const local_days autumn{std::chrono::year{2026} / 11 / 1};
  CHECK(change("0 30 2 * * ?", "2026-03-08T07:00:00Z") ==
        ClockChange{Kind::kGap, spring + minutes{150}, false});
  CHECK(change("0 0/30 2,3 * * ?", "2026-03-08T07:00:00Z") ==
        ClockChange{Kind::kGap, spring + minutes{120}, true});
  CHECK(change("0 30 1 * * ?", "2026-11-01T05:30:00Z") ==
        ClockChange{Kind::kFirstPass, autumn + minutes{90}});
  CHECK(change("0 30 * * * ?", "2026-11-01T06:30:00Z") ==
        ClockChange{Kind::kSecondPass, autumn + minutes{90}});
  CHECK(change("0 0/30 2,3 * * ?", "2026-03-08T07:30:00Z") == std::nullopt);
  // The zone's data end before the years of an expression do.
  CHECK(change("0 0 12 31 12 ? 2199", "2199-12-31T17:00:00Z") == std::nullopt);
}

}  // namespace
}  // namespace jobsched::cron
