#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "core/cron/expression.h"
#include "core/limits.h"
#include "tests/support/instants.h"
#include "tests/support/zones.h"

namespace jobsched::cron {
namespace {

using test::instant;
using test::text_of;

TEST_CASE("cron: what is refused, where, and what to do") {
  struct Row {
    std::string_view expression;
    std::size_t position;
    std::string_view detail;
  };

  const Row rows[] = {
      // the number of fields
      {"", 0,
       "the cron expression is empty: write seconds minutes hours day-of-month month day-of-week, "
       "then the year if it matters"},
      {"   ", 0,
       "the cron expression is empty: write seconds minutes hours day-of-month month day-of-week, "
       "then the year if it matters"},
      {"0", 1,
       "a cron expression has six or seven fields, 1 is too few: write seconds minutes hours "
       "day-of-month month day-of-week, then the year if it matters"},
      {"@reboot", 0,
       "names such as `@daily` are not understood: write the six fields, e.g. `0 0 0 * * ?` for "
       "every midnight"},
      {"0 0 12 * * ? 2027 *", 18,
       "a cron expression has six or seven fields, 8 are too many: write seconds minutes hours "
       "day-of-month month day-of-week, then the year if it matters"},
      // names of schedules
      {"@daily", 0, "names such as `@daily` are not understood: write `0 0 0 * * ?`"},
      {"@weekly", 0, "names such as `@daily` are not understood: write `0 0 0 ? * SUN`"},
      // the day fields
      {"0 0 12 * * *", 11,
       "exactly one of day of month and day of week must be `?`, the one that does not decide: "
       "write `0 0 12 * * ?`"},
      {"0 0 12 1 * *", 11,
       "exactly one of day of month and day of week must be `?`, the one that does not decide: "
       "write `0 0 12 1 * ?`"},
      {"0 0 12 * * MON", 11,
       "exactly one of day of month and day of week must be `?`, the one that does not decide: "
       "write `0 0 12 ? * MON`"},
      {"0 0 12 1 * MON", 11,
       "exactly one of day of month and day of week must be `?`, the one that does not decide: "
       "choose `0 0 12 1 * ?` or `0 0 12 ? * MON`, or make a job of each"},
      {"0 0 12 ? * ?", 11, "day of month and day of week cannot both be `?`: write `0 0 12 * * ?`"},
      // question marks elsewhere
      {"0 0 0 15,? * MON", 9, "`?` must stand alone in day of month"},
      {"? 0 0 * * ?", 0, "`?` is for day of month and day of week only: write `*` in seconds"},
      // values out of range
      {"60 * * * * ?", 0, "seconds must be 0 to 59, not 60; the next minute begins with 0"},
      {"0 60 * * * ?", 2, "minutes must be 0 to 59, not 60; the next hour begins with 0"},
      {"0 0 24 * * ?", 4, "hours must be 0 to 23, not 24; midnight is 0"},
      {"0 0 0 32 * ?", 6, "day of month must be 1 to 31, not 32"},
      {"0 0 0 0 * ?", 6, "day of month must be 1 to 31, not 0"},
      {"0 0 0 1 13 ?", 8, "month must be 1 to 12 or JAN to DEC, not 13"},
      {"0 0 0 ? * 0", 10, "day of week must be 1 to 7 or SUN to SAT, not 0; Sunday is 1 or SUN"},
      {"0 0 0 ? * 8", 10, "day of week must be 1 to 7 or SUN to SAT, not 8"},
      {"0 0 0 1 1 ? 27", 12, "year must be 1970 to 2199, not 27; write all four digits"},
      {"0 0 0 1 1 ? 2200", 12, "year must be 1970 to 2199, not 2200"},
      {"0 0 0 ? * 0#1", 10, "day of week must be 1 to 7 or SUN to SAT, not 0; Sunday is 1 or SUN"},
      {"0 0 0 0W * ?", 6, "day of month must be 1 to 31, not 0"},
      // names
      {"0 0 0 ? * MONDAY", 10,
       "day of week must be 1 to 7 or SUN to SAT, not `MONDAY`; names have three letters: MON"},
      {"0 0 0 ? * MUN", 10, "day of week must be 1 to 7 or SUN to SAT, not `MUN`"},
      {"0 0 0 ? * MONDAY-FRIDAY", 10,
       "day of week must be 1 to 7 or SUN to SAT, not `MONDAY`; names have three letters: MON"},
      {"0 0 0 1 JANUARY ?", 8,
       "month must be 1 to 12 or JAN to DEC, not `JANUARY`; names have three letters: JAN"},
      {"0 0 0 1 JNA ?", 8, "month must be 1 to 12 or JAN to DEC, not `JNA`; did you mean JAN?"},
      {"0 0 0 1 XYZ ?", 8, "month must be 1 to 12 or JAN to DEC, not `XYZ`"},
      {"0 0 MON * * ?", 4,
       "hours must be 0 to 23, not `MON`; names belong in month and day of week"},
      {"0 0 x * * ?", 4, "hours must be 0 to 23, not `x`"},
      {"0 5-/2 * * * ?", 4, "minutes must be 0 to 59, not `/`"},
      // ranges
      {"0 0 0 1 1 ? 2030-2026", 12, "a range of years must rise: write `2026-2030`"},
      {"0 0 0 ? * MON-6", 10,
       "a range in day of week is of two names or of two numbers: write `MON-FRI` or `2-6`"},
      {"0 0 0 1 JAN-2 ?", 8,
       "a range in month is of two names or of two numbers: write `JAN-FEB` or `1-2`"},
      {"0 *-5 * * * ?", 3,
       "`*` in minutes already admits everything: write a range as in `1-5`, or `*` alone"},
      {"0 -1 * * * ?", 2,
       "a value is missing before `-` in minutes: negative numbers do not exist here"},
      {"0 5- * * * ?", 4, "a value is missing here in minutes: write 0 to 59"},
      // steps
      {"0 0/60 * * * ?", 4,
       "a step in minutes must be 1 to 59, not 60; for every hour write 0 here"},
      {"0 0/90 * * * ?", 4, "a step in minutes must be 1 to 59, not 90"},
      {"0 0/120 * * * ?", 4,
       "a step in minutes must be 1 to 59, not 120; write 0 here and */2 in hours"},
      {"0/60 * * * * ?", 2,
       "a step in seconds must be 1 to 59, not 60; for every minute write 0 here"},
      {"0 0 */24 * * ?", 6, "a step in hours must be 1 to 23, not 24; for every day write 0 here"},
      {"0 0 0 ? * */8", 12, "a step in day of week must be 1 to 7, not 8"},
      {"0 */0 * * * ?", 4, "a step in minutes must be 1 or more: with 0 it would never move on"},
      {"0 */-5 * * * ?", 4, "a step in minutes must be a number: write one after `/`, as in `*/2`"},
      {"0 */ * * * ?", 4, "a step in minutes must be a number: write one after `/`, as in `*/2`"},
      {"0 0/10-30 * * * ?", 6, "a range stands before its step: write the minutes as in `10-30/5`"},
      {"0 *5 * * * ?", 3, "unexpected `5` after `*` in minutes: write `*/5` for a step"},
      // lists
      {"0 0,,30 * * * ?", 4,
       "an item of the list in minutes is empty: write a value or remove the comma"},
      {"0 ,30 * * * ?", 2,
       "an item of the list in minutes is empty: write a value or remove the comma"},
      {"0 30, * * * ?", 5,
       "an item of the list in minutes is empty: write a value or remove the comma"},
      // L, W and #
      {"0 0 0 L-W * ?", 8,
       "`L-` in day of month needs a number of days: `L-3` is the third day before the last, `LW` "
       "the last weekday"},
      {"0 0 0 L-31 * ?", 8,
       "`L-n` in day of month goes from `L-0` to `L-30`: no month has a day 31 days before its "
       "last"},
      {"0 0 0 W15 * ?", 6, "`W` stands after the day of month: write `15W` or `LW`"},
      {"0 0 0 1-5W * ?", 9, "`W` cannot follow `1-5` in day of month: it takes a single day"},
      {"0 0 0 15L * ?", 8, "`L` cannot follow `15` in day of month: it takes a single day"},
      {"0 0 0 15#2 * ?", 8, "`#` belongs in day of week, not in day of month"},
      {"0 0 5W * * ?", 5, "`W` belongs in day of month, not in hours"},
      {"0 0 L * * ?", 4, "`L` belongs in day of month, not in hours"},
      {"0 0 0 1 L ?", 8, "`L` belongs in day of month, not in month"},
      {"0 0 0 ? * L-3", 11,
       "unexpected `-3` after `L` in day of week: a value may be followed by `-`, `/` or `,`"},
      {"0 0 0 ? * LW", 10, "`LW` belongs in day of month, not in day of week"},
      {"0 0 0 ? * 2-6L", 13, "`L` cannot follow `2-6` in day of week: it takes a single day"},
      {"0 0 0 ? * 6#3,2", 10,
       "`#` must stand alone in day of week: make a job of its own for each other day"},
      {"0 0 0 ? * 2,6L", 12,
       "`L` after a day must stand alone in day of week: make a job of its own for each other day"},
      {"0 0 0 ? * 2,L", 12,
       "`L` must stand alone in day of week: make a job of its own for each other day"},
      {"0 0 0 ? * 6#6", 12,
       "`#` in day of week must be followed by 1 to 5: `6#3` is the third Friday of the month"},
      {"0 0 0 ? * 6#", 12,
       "`#` in day of week must be followed by 1 to 5: `6#3` is the third Friday of the month"},
      // anything else
      {"0 0 10am * * ?", 6,
       "unexpected `am` after `10` in hours: a value may be followed by `-`, `/` or `,`"},
      {"10 59 4RR * * ?", 7,
       "unexpected `RR` after `4` in hours: a value may be followed by `-`, `/` or `,`"},
      {"0 0.5 * * * ?", 3,
       "unexpected `.5` after `0` in minutes: a value may be followed by `-`, `/` or `,`"},
      {"0 é 0 1 1 ?", 2,
       "a cron expression is written in ASCII with blanks between its fields: remove the byte "
       "0xc3"},
      {"0 0 0 ? * FRIL/2", 14,
       "unexpected `/2` after `FRIL` in day of week: a value may be followed by `-`, `/` or `,`"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.expression);
    const auto expression = Expression::parse(row.expression);
    REQUIRE_FALSE(expression);
    CHECK(expression.error().kind == ErrorKind::kInvalid);
    CHECK(expression.error().field == "cron");
    CHECK(expression.error().position == row.position);
    CHECK(expression.error().detail == row.detail);
  }
}

TEST_CASE("cron: five fields of Unix cron are refused with the same in this dialect") {
  struct Row {
    std::string_view expression;
    std::string_view hint;
  };

  const Row rows[] = {
      {"*/5 * * * *", ": write `0 */5 * * * ?`"},
      {"0 9 * * 1-5", ": write `0 0 9 ? * MON-FRI`"},
      {"30 2 1 * *", ": write `0 30 2 1 * ?`"},
      {"30 2 1 * 1", ": make two jobs, `0 30 2 1 * ?` and `0 30 2 ? * MON`"},
      {"0 0 * * 0", ": write `0 0 0 ? * SUN`"},
      {"0 0 * * 0-7", ": write `0 0 0 ? * *`"},
      {"0 0 * * 6,0", ": write `0 0 0 ? * SAT,SUN`"},
      {"0 0 * * sun-sat/2", ": write `0 0 0 ? * sun-sat/2`"},
      {"x 0 * * 0", ""},
      {"0 0 ? * 5#3", ": write `0 0 0 ? * FRI#3`"},
      {"0 0 * * 10", ""},
  };
  const std::string detail =
      "a cron expression has six or seven fields, not the five of Unix cron: the seconds come "
      "first, and one of the day fields is `?`";
  for (const Row& row : rows) {
    CAPTURE(row.expression);
    const auto expression = Expression::parse(row.expression);
    REQUIRE_FALSE(expression);
    CHECK(expression.error().position == row.expression.size());
    CHECK(expression.error().detail == detail + std::string(row.hint));
  }
}

TEST_CASE("cron: every expression that an error suggests is accepted") {
  const std::string_view mistakes[] = {
      "*/5 * * * *",    "0 9 * * 1-5",  "0 0 * * 0-7",      "30 2 1 * 1",   "@yearly",
      "@annually",      "@monthly",     "@weekly",          "@daily",       "@midnight",
      "@hourly",        "@never",       "0 0 12 * * *",     "0 0 12 1 * *", "0 0 12 * * MON 2030",
      "0 0 12 1 * MON", "0 0 12 ? * ?", "0 0 12 ? * ? 2030"};
  for (const std::string_view mistake : mistakes) {
    CAPTURE(mistake);
    const std::string detail = Expression::parse(mistake).error().detail;
    int suggestions = 0;
    std::size_t end = 0;
    for (std::size_t begin = detail.find('`'); begin != std::string::npos;
         begin = detail.find('`', end + 1)) {
      end = detail.find('`', begin + 1);
      const std::string quoted = detail.substr(begin + 1, end - begin - 1);
      if (quoted.find(' ') == std::string::npos) continue;
      CAPTURE(quoted);
      CHECK(Expression::parse(quoted));
      ++suggestions;
    }
    CHECK(suggestions >= 1);
  }
}

TEST_CASE("cron: the form of an expression") {
  struct Row {
    std::string_view rule;
    std::string_view expression;
    bool valid;
  };

  const Row rows[] = {
      {"six fields", "0 0 12 * * ?", true},
      {"or seven", "0 0 12 * * ? 2030", true},
      {"any number of blanks and tabs between them", "0  0\t12 \t * *  ?", true},
      {"white space around them", " \r\n\t\v\f 0 0 12 * * ? \n", true},
      {"no line break between them", "0 0 12\n* * ?", false},
      {"no other control character", "0 0 12\x01* * ?", false},
      {"no delete", "0 0 12\x7f* * ?", false},
      {"no NUL", std::string_view("0 0 12 * * ?\0", 13), false},
      {"names in any case", "0 0 12 ? jAn-mAr mon-FRI", true},
      {"letters in any case", "0 0 12 l-3w,15w * ?", true},
      {"leading zeros", "00 000 0012 * * ?", true},
      {"a step without a base", "0 /15 * * * ?", true},
      {"years from 1970 to 2199", "0 0 0 1 1 ? 1970-2199", true},
      {"a step of years has no limit", "0 0 0 1 1 ? 1970/230", true},
      {"more digits than any number has", "0 0 0 1 1 ? 99999999999999999999999999", false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.rule);
    const auto expression = Expression::parse(row.expression);
    CHECK(expression.has_value() == row.valid);
    if (expression) CHECK(expression->text() == row.expression);
  }
}

TEST_CASE("cron: an expression is no longer than its limit") {
  std::string text = "0 0 12 * * ?";
  text.append(kMaxCronBytes - text.size(), ' ');
  CHECK(Expression::parse(text));
  const auto too_long = Expression::parse(text + " ");
  REQUIRE_FALSE(too_long);
  CHECK(too_long.error().position == kMaxCronBytes);
  CHECK(too_long.error().detail ==
        "a cron expression has at most 256 bytes: shorten it, or make several jobs");
}

TEST_CASE("cron: the next fire time is strictly later, to the second") {
  struct Row {
    std::string_view rule;
    std::string_view expression;
    Instant after;
    std::string_view next;
  };

  const Instant noon = instant("2026-06-01T12:00:00Z");
  const Row rows[] = {
      {"before it", "0 0 12 * * ?", noon - Millis{1}, "2026-06-01T12:00:00Z"},
      {"half a second before it", "0 0 12 * * ?", noon - Millis{500}, "2026-06-01T12:00:00Z"},
      {"at it", "0 0 12 * * ?", noon, "2026-06-02T12:00:00Z"},
      {"a fraction of a second after it", "0 0 12 * * ?", noon + Millis{500},
       "2026-06-02T12:00:00Z"},
      {"the next second", "* * * * * ?", noon + Millis{999}, "2026-06-01T12:00:01Z"},
      {"nothing before 1970", "* * * * * ?", instant("1815-12-10T00:00:00Z"),
       "1970-01-01T00:00:00Z"},
      {"from a fraction before 1970", "* * * * * ?", instant("1970-01-01T00:00:00Z") - Millis{1},
       "1970-01-01T00:00:00Z"},
      {"from the beginning of time", "* * * * * ?", Instant::min(), "1970-01-01T00:00:00Z"},
      {"up to the last second of 2199", "* * * * * ?", instant("2199-12-31T23:59:58Z"),
       "2199-12-31T23:59:59Z"},
      {"and no further", "* * * * * ?", instant("2199-12-31T23:59:59Z"), "NONE"},
      {"from the end of time", "* * * * * ?", Instant::max(), "NONE"},
      {"a leap day", "0 0 0 29 2 ?", noon, "2028-02-29T00:00:00Z"},
      {"no leap day in 2100", "0 0 0 29 2 ?", instant("2096-03-01T00:00:00Z"),
       "2104-02-29T00:00:00Z"},
      {"the fifth Sunday of February", "0 0 0 ? 2 1#5", noon, "2032-02-29T00:00:00Z"},
      {"the last one of all", "0 0 0 ? 2 1#5", instant("2160-03-01T00:00:00Z"),
       "2184-02-29T00:00:00Z"},
      {"a day that no month has", "0 0 0 30 2 ?", noon, "NONE"},
      {"years that are over", "* * * * * ? 2025", noon, "NONE"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.rule);
    const auto expression = Expression::parse(row.expression);
    REQUIRE(expression);
    CHECK(text_of(expression->next(row.after)) == row.next);
    CHECK(text_of(expression->next(row.after, Zone::utc())) == row.next);
  }
}

TEST_CASE("cron: the ends of time in a zone") {
  struct Row {
    std::string_view rule;
    std::string_view zone;
    Instant after;
    std::string_view next;
  };

  const Row rows[] = {
      {"the first local second of 1970 may come before UTC's", "Asia/Kolkata", Instant::min(),
       "1969-12-31T18:30:00Z"},
      {"or after", "America/New_York", Instant::min(), "1970-01-01T05:00:00Z"},
      {"the last local second of 2199 may come before UTC's", "Asia/Kolkata",
       instant("2199-12-31T18:29:58Z"), "2199-12-31T18:29:59Z"},
      {"and nothing after it", "Asia/Kolkata", instant("2199-12-31T18:29:59Z"), "NONE"},
      {"nothing fires beyond UTC's last second", "America/New_York",
       instant("2199-12-31T23:59:58Z"), "2199-12-31T23:59:59Z"},
      {"even if the local year goes on", "America/New_York", instant("2199-12-31T23:59:59Z"),
       "NONE"},
      {"from the end of time", "America/New_York", Instant::max(), "NONE"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.rule);
    const Zone zone = test::system_zone(std::string(row.zone));
    for (const std::string_view text : {"* * * * * ?", "* * 0-22,23 * * ?"}) {
      CHECK(text_of(Expression::parse(text)->next(row.after, zone)) == row.next);
    }
  }
}

TEST_CASE("cron: the least distance between two fire times") {
  using std::chrono::days;
  using std::chrono::hours;
  using std::chrono::minutes;
  using std::chrono::seconds;

  struct Row {
    std::string_view expression;
    std::optional<seconds> distance;
  };

  const Row rows[] = {
      {"* * * * * ?", seconds{1}},
      {"0,59 * * * * ?", seconds{1}},  // over the minute
      {"0 0/10 * * * ?", minutes{10}},
      {"0 0/11 * * * ?", minutes{5}},                // :55 to :00
      {"0 0,59 * * * ?", minutes{1}},                // over the hour
      {"0 0,59 12 * * ?", minutes{59}},              // never over the hour
      {"0 0,55 0,23 * * ?", minutes{5}},             // over midnight
      {"0 0,55 0,23 */2 * ?", minutes{5}},           // 31st to 1st
      {"0 0,55 0,23 2/2 * ?", minutes{55}},          // no two days in a row
      {"0 0,55 0,23 28,1 2,3 ?", minutes{5}},        // 28 February to 1 March, not in leap years
      {"0 0,55 0,23 28,1 2,3 ? 2028", minutes{55}},  // a leap year
      {"0 0 12 29 2 ?", days{1'461}},
      {"0 0 12 29 2 ? 2098/1", days{1'461}},  // 2104 to 2108: 2100 has none
      {"0 0 12 29 2 ? 2096-2104", days{2'921}},
      {"0 0 12 ? * MON", days{7}},
      {"0 0 12 ? * 6#5", days{63}},        // nine weeks, in two 31-day months
      {"0 0 12 1 1 ? 2027", {}},           // once
      {"0 0 12 30 2 ?", {}},               // never
      {"0 0 12,14 1 1 ? 2027", hours{2}},  // twice
  };
  for (const Row& row : rows) {
    CAPTURE(row.expression);
    const auto expression = Expression::parse(row.expression);
    REQUIRE(expression);
    CHECK((expression->min_distance() == row.distance));
  }
}

}  // namespace
}  // namespace jobsched::cron
