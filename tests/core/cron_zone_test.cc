#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "core/cron/expression.h"
#include "tests/support/instants.h"
#include "tests/support/random_cron.h"
#include "tests/support/slow_cron.h"
#include "tests/support/zones.h"

namespace jobsched::cron {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_seconds;
using test::instant;
using test::RandomCron;
using test::SlowCron;
using test::text_of;

sys_seconds at(std::string_view text) {
  return std::chrono::time_point_cast<seconds>(instant(text));
}

// The fire times in [begin, end) as the engine finds them, one from the other.
std::vector<sys_seconds> fires_in(const Expression& expression,
                                  const Zone& zone,
                                  sys_seconds begin,
                                  sys_seconds end) {
  std::vector<sys_seconds> fires;
  auto next = expression.next(begin - Millis{1}, zone);
  while (next && *next < end) {
    fires.push_back(std::chrono::floor<seconds>(*next));
    next = expression.next(*next, zone);
  }
  return fires;
}

std::string text_of(const std::vector<sys_seconds>& fires) {
  std::string text;
  for (const sys_seconds fire : fires) {
    text += text_of(fire) + " ";
  }
  return text;
}

TEST_CASE("cron: when the clocks change") {
  // The clock goes forward from 02:00 to 03:00 in March, back from 02:00 to 01:00 in November.
  constexpr std::string_view kSpring = "2026-03-08T05:30:00Z";  // 00:30
  constexpr std::string_view kAutumn = "2026-11-01T04:30:00Z";  // 00:30

  struct Row {
    std::string_view rule;
    std::string_view expression;
    std::string_view begin;
    std::string_view fires;  // in the four hours from `begin`
  };

  const Row rows[] = {
      {"every hour: follows the clock, nothing in the gap", "0 15 * * * ?", kSpring,
       "2026-03-08T06:15:00Z 2026-03-08T07:15:00Z 2026-03-08T08:15:00Z 2026-03-08T09:15:00Z "},
      {"every hour: both passes of the overlap", "0 15 * * * ?", kAutumn,
       "2026-11-01T05:15:00Z 2026-11-01T06:15:00Z 2026-11-01T07:15:00Z 2026-11-01T08:15:00Z "},
      {"every hour, however it is written", "0 15 12-11 * * ?", kAutumn,
       "2026-11-01T05:15:00Z 2026-11-01T06:15:00Z 2026-11-01T07:15:00Z 2026-11-01T08:15:00Z "},
      {"some hours: a time inside the gap fires when it ends", "0 30 2 * * ?", kSpring,
       "2026-03-08T07:00:00Z "},
      {"several times inside the gap are one fire", "0 */10 2 * * ?", kSpring,
       "2026-03-08T07:00:00Z "},
      {"also together with a regular one", "0 0/30 2,3 * * ?", kSpring,
       "2026-03-08T07:00:00Z 2026-03-08T07:30:00Z "},
      {"some hours: the first pass of the overlap only", "0 0/30 1,2 * * ?", kAutumn,
       "2026-11-01T05:00:00Z 2026-11-01T05:30:00Z 2026-11-01T07:00:00Z 2026-11-01T07:30:00Z "},
      {"every hour but one is some hours", "0 30 0-22 * * ?", kAutumn,
       "2026-11-01T04:30:00Z 2026-11-01T05:30:00Z 2026-11-01T07:30:00Z "},
  };
  const Zone zone = test::system_zone("America/New_York");
  for (const Row& row : rows) {
    CAPTURE(row.rule);
    const auto expression = Expression::parse(row.expression);
    REQUIRE(expression);
    CHECK(text_of(fires_in(*expression, zone, at(row.begin), at(row.begin) + hours{4})) ==
          row.fires);
  }
}

TEST_CASE("cron: a search may begin anywhere around a change of the clocks") {
  const Zone zone = test::system_zone("America/New_York");

  struct Row {
    std::string_view rule;
    std::string_view expression;
    std::string_view after;
    std::string_view next;
  };

  const Row rows[] = {
      {"in the first pass, before the time", "0 30 1 * * ?", "2026-11-01T05:10:00Z",
       "2026-11-01T05:30:00Z"},
      {"in the first pass, after it", "0 30 1 * * ?", "2026-11-01T05:30:00Z",
       "2026-11-02T06:30:00Z"},
      {"in the second pass, before it", "0 30 1 * * ?", "2026-11-01T06:10:00Z",
       "2026-11-02T06:30:00Z"},
      {"in the first pass, every hour", "0 30 * * * ?", "2026-11-01T05:30:00Z",
       "2026-11-01T06:30:00Z"},
      {"a moment before the gap", "0 30 2 * * ?", "2026-03-08T06:59:59Z", "2026-03-08T07:00:00Z"},
      {"at the gap's end", "0 30 2 * * ?", "2026-03-08T07:00:00Z", "2026-03-09T06:30:00Z"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.rule);
    const auto expression = Expression::parse(row.expression);
    REQUIRE(expression);
    CHECK(text_of(expression->next(instant(row.after), zone)) == row.next);
  }
}

// An expression as the engine and as the slow evaluator read it.
struct Reading {
  explicit Reading(std::string_view text) : engine(Expression::parse(text).value()), slow(text) {}

  Expression engine;
  SlowCron slow;
};

// Compares the two in [begin, end): all fire times, one from the other, and the next one from
// anywhere.
void compare(const Reading& reading,
             const Zone& zone,
             sys_seconds begin,
             sys_seconds end,
             seconds step,
             RandomCron& random) {
  const auto expected = reading.slow.fires_in(zone, begin, end, step, hours{3});
  const auto found = fires_in(reading.engine, zone, begin, end);
  // Captures only for what is wrong: they would cost more than all the rest.
  if (found != expected) {
    CAPTURE(reading.engine.text());
    CAPTURE(zone.name());
    CAPTURE(text_of(begin));
    CHECK(text_of(found) == text_of(expected));
  }
  const auto length = static_cast<int>((end - begin).count());
  for (int i = 0; i < 4; ++i) {
    const sys_seconds after = begin + seconds{random.number(0, length - 1)};
    const auto later = std::ranges::upper_bound(expected, after);
    const auto next = reading.engine.next(after, zone);
    const bool right = later == expected.end() ? !next || *next >= end : next == Instant{*later};
    if (!right) {
      CAPTURE(reading.engine.text());
      CAPTURE(zone.name());
      CAPTURE(text_of(after));
      CHECK(text_of(next) == (later == expected.end() ? "later" : text_of(*later)));
    }
  }
}

TEST_CASE("cron: clocks that jump about, second by second") {
  RandomCron random(6);
  const sys_seconds start = at("2026-05-01T00:00:00Z");
  for (int i = 0; i < 60; ++i) {
    // Changes minutes or hours apart, by up to two hours: gaps within overlaps and the reverse.
    std::vector<Zone::Period> periods{{sys_seconds::min(), seconds{random.number(-7'200, 7'200)}}};
    for (sys_seconds begin = start + hours{3}; begin < start + hours{14};) {
      periods.push_back({begin, seconds{random.number(-3'600, 3'600)}});
      begin += seconds{random.number(60, 3 * 3'600)};
    }
    const Zone zone("Test/" + std::to_string(i), std::move(periods));
    const std::string hour_field = i % 4 == 0 ? "*" : random.hours();
    const std::string text = random.sixty() + " " + random.sixty() + " " + hour_field + " * * ?";
    compare(Reading(text), zone, start, start + hours{16}, seconds{1}, random);
  }
}

// Forty expressions: what people write, and what nobody would.
std::vector<Reading> sample_readings(RandomCron& random) {
  const std::string_view texts[] = {
      "0 * * * * ?",     "0 0/10 * * * ?",   "0 5/20 * * * ?",    "0 0 * * * ?",
      "0 30 * * * ?",    "0 0 0 * * ?",      "0 30 0 * * ?",      "0 0 1 * * ?",
      "0 30 1 * * ?",    "0 0 2 * * ?",      "0 15 2 * * ?",      "0 30 2 * * ?",
      "0 0 3 * * ?",     "0 59 23 * * ?",    "0 0/15 1-3 * * ?",  "0 0/20 0-22 * * ?",
      "0 0 */2 * * ?",   "0 45 1/2 * * ?",   "0 0 22-4 * * ?",    "0 30 2 ? * SUN",
      "0 30 1 ? * 1#1",  "0 30 2 L * ?",     "0 0 0 ? * 1L",      "0 30 2 LW * ?",
      "0 0/5 * ? * SUN", "0 0/30 * 1-7 * ?", "0 1 0,1,2,3 ? * *", "0 0 0 1 * ?",
  };
  std::vector<Reading> readings(std::begin(texts), std::end(texts));
  while (readings.size() < 40) {
    readings.emplace_back(random.by_the_minute());
  }
  return readings;
}

// Compares around every change of every zone from 2024 to 2037, minute by minute: with all readings
// if `share` is 1, else with one in so many, not the same ones at each change.
std::size_t compare_all_changes(std::size_t share) {
  RandomCron random(7);
  const std::vector<Reading> readings = sample_readings(random);
  const sys_seconds first = at("2024-01-01T00:00:00Z");
  const sys_seconds last = at("2038-01-01T00:00:00Z");
  std::set<std::vector<std::pair<sys_seconds, seconds>>> seen;
  std::size_t changes_seen = 0;
  for (const std::string& name : test::system_zone_names()) {
    const Zone zone = test::system_zone(name);
    std::vector<std::pair<sys_seconds, seconds>> changes;
    for (const auto& [begin, offset] : zone.periods()) {
      if (begin >= first && begin < last) changes.emplace_back(begin, offset);
    }
    // Many zones share their rules.
    if (!seen.insert(changes).second) continue;
    for (const auto& [begin, offset] : changes) {
      REQUIRE(offset % minutes{1} == seconds{0});
      for (std::size_t i = changes_seen++ % share; i < readings.size(); i += share) {
        compare(readings[i], zone, begin - hours{4}, begin + hours{5}, minutes{1}, random);
      }
    }
  }
  return changes_seen;
}

TEST_CASE("cron: the changes of every zone from 2024 to 2037, a share of the expressions each") {
  CHECK(compare_all_changes(5) > 500);
}

TEST_CASE("cron: the changes of every zone from 2024 to 2037, all expressions" *
          doctest::test_suite("slow")) {
  CHECK(compare_all_changes(1) > 500);
}

}  // namespace
}  // namespace jobsched::cron
