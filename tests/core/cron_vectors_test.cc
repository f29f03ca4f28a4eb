#include <algorithm>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "core/cron/expression.h"
#include "tests/support/instants.h"
#include "tests/support/tsv.h"
#include "tests/support/zones.h"

// Tables made beside Quartz itself: what it does right (cron-dev), what it should do (cron-quirks),
// what its own tests expect, and the least distance between two fire times of a thousand schedules.

namespace jobsched::cron {
namespace {

using test::instant;
using test::system_zone;
using test::text_of;
using test::Tsv;
using test::TsvRow;

// The next `count` fire times after `start`, or INVALID.
std::string fire_times(const std::string& text,
                       const Zone& zone,
                       Instant start,
                       std::size_t count) {
  const auto expression = Expression::parse(text);
  if (!expression) return "INVALID";
  const auto next_after = [&](Instant after) {
    const auto next = expression->next(after, zone);
    if (zone.name() == "UTC") CHECK(expression->next(after) == next);
    return next;
  };
  std::vector<Instant> found;
  auto next = next_after(start);
  while (next && found.size() < count) {
    found.push_back(*next);
    next = next_after(*next);
  }
  return text_of(found);
}

std::size_t count_of(const std::string& expected) {
  return static_cast<std::size_t>(std::ranges::count(expected, ',')) + 1;
}

void check_table(const Tsv& table, std::string_view column) {
  std::map<std::string, Zone> zones;
  for (const TsvRow& row : table.rows()) {
    const std::string& name = row["timezone"];
    if (!zones.contains(name)) zones.emplace(name, system_zone(name));
    const Zone& zone = zones.at(name);
    const std::string& expected = row[column];
    CAPTURE(row["id"]);
    CAPTURE(row["expression"]);
    CAPTURE(name);
    CAPTURE(row["start"]);
    const Instant start = instant(row["start"]);
    CHECK(fire_times(row["expression"], zone, start, count_of(expected)) == expected);
  }
}

TEST_CASE("cron: what Quartz does right") {
  check_table(Tsv("cron/cron-dev.tsv"), "result");
}

TEST_CASE("cron: what Quartz should do") {
  check_table(Tsv("cron/cron-quirks.tsv"), "recommended");
}

TEST_CASE("cron: the least distance between two fire times") {
  const Tsv table("cron/mingap.tsv");
  for (const TsvRow& row : table.rows()) {
    CAPTURE(row["id"]);
    CAPTURE(row["expression"]);
    const auto expression = Expression::parse(row["expression"]);
    REQUIRE(expression);
    const auto distance = expression->min_distance();
    CHECK((distance ? std::to_string(distance->count()) : "NONE") == row["min_gap_seconds"]);
    const bool allowed = !distance || *distance >= std::chrono::minutes{10};
    CHECK((allowed ? "yes" : "no") == row["allowed_10min"]);
  }
}

// The kinds of Quartz's own tests.

void check_satisfied(const Expression& expression, const TsvRow& row) {
  const Instant at = instant(row["instants"]);
  const bool fires = expression.next(at - std::chrono::seconds{1}) == at;
  CHECK((fires ? "true" : "false") == row["expected"]);
}

void check_distinct(const Expression& expression) {
  Instant last = instant("2026-11-18T10:15:00Z");
  for (int i = 0; i < 26; ++i) {
    const auto next = expression.next(last);
    REQUIRE(next);
    CHECK(*next > last);
    last = *next;
  }
}

// "after-before=60s;after2-after=60s": the distances of the fire times around now. Where a fire
// time before now is asked for, it is looked for forwards.
void check_neighbours(const Expression& expression, const TsvRow& row) {
  const Instant now = instant(row["instants"]);
  const auto after = expression.next(now);
  const std::string& expected = row["expected"];
  if (expected.starts_with("after=NONE")) {
    CHECK_FALSE(after);
    CHECK(expression.next(now - std::chrono::years{10}));
    return;
  }
  REQUIRE(after);
  if (expected.starts_with("before=NONE")) {
    CHECK(expression.next(instant("1970-01-01T00:00:00Z")) == after);
    return;
  }
  long before_gap = 0;
  long after_gap = 0;
  REQUIRE(std::sscanf(expected.c_str(), "after-before=%lds;after2-after=%lds", &before_gap,
                      &after_gap) == 2);
  const std::chrono::seconds back{before_gap};
  CHECK(expression.next(*after - back - std::chrono::seconds{1}) == *after - back);
  CHECK(expression.next(*after - back) == after);
  CHECK(expression.next(*after) == *after + std::chrono::seconds{after_gap});
}

TEST_CASE("cron: what the tests of Quartz expect") {
  // Rows that do not hold here, and why.
  const std::map<std::string, std::string> exceptions{
      {"0 0 10am 1,15 * ?", "valid in Quartz only because it reads over the `am`"},
      {"0 43 9 1,5,29,L * ?", "`L` in a list is valid since Quartz 2.5.0"},
  };
  const Tsv table("cron/quartz-own-tests.tsv");
  std::size_t passed_over = 0;
  for (const TsvRow& row : table.rows()) {
    const std::string& kind = row["kind"];
    const std::string& text = row["expression"];
    CAPTURE(kind);
    CAPTURE(text);
    CAPTURE(row["instants"]);
    const auto expression = Expression::parse(text);
    if (exceptions.contains(text)) {
      ++passed_over;
      CHECK(expression.has_value() == (kind == "invalid"));
      continue;
    }
    if (kind == "invalid") {
      CHECK_FALSE(expression);
      continue;
    }
    REQUIRE(expression);
    if (kind == "satisfied-by") {
      check_satisfied(*expression, row);
    } else if (kind == "next-after") {
      const std::string& fires = row["instants"];
      const std::string& expected = row["expected"];
      CHECK(fire_times(text, Zone::utc(), instant(fires), count_of(expected)) == expected);
    } else if (kind == "distinct-successive") {
      check_distinct(*expression);
    } else if (kind == "before-after") {
      check_neighbours(*expression, row);
    } else {
      CHECK(kind == "valid");
      CHECK(expression->next(instant("1970-01-01T00:00:00Z")));
    }
  }
  CHECK(passed_over == exceptions.size());
}

}  // namespace
}  // namespace jobsched::cron
