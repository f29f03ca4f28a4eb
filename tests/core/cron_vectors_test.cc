#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "core/cron/expression.h"
#include "tests/support/instants.h"
#include "tests/support/tsv.h"

// Tables made beside Quartz itself: what it does right (cron-dev), what it should do (cron-quirks),
// what its own tests expect, and the least distance between two fire times of a thousand schedules.

namespace jobsched::cron {
namespace {

using test::instant;
using test::text_of;
using test::Tsv;
using test::TsvRow;

// The next `count` fire times after `start`, or INVALID.
std::string fire_times(const std::string& text, Instant start, std::size_t count) {
  const auto expression = Expression::parse(text);
  if (!expression) return "INVALID";
  std::vector<Instant> found;
  auto next = expression->next(start);
  while (next && found.size() < count) {
    found.push_back(*next);
    next = expression->next(*next);
  }
  return text_of(found);
}

std::size_t count_of(const std::string& expected) {
  return static_cast<std::size_t>(std::ranges::count(expected, ',')) + 1;
}

void check_table(const Tsv& table, std::string_view column) {
  for (const TsvRow& row : table.rows()) {
    if (row["timezone"] != "UTC") continue;
    const std::string& expected = row[column];
    CAPTURE(row["id"]);
    CAPTURE(row["expression"]);
    CAPTURE(row["start"]);
    CHECK(fire_times(row["expression"], instant(row["start"]), count_of(expected)) == expected);
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

}  // namespace
}  // namespace jobsched::cron
