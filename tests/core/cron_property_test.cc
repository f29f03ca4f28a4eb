#include <map>
#include <string>

#include <doctest/doctest.h>

#include "core/cron/canonical.h"
#include "core/cron/expression.h"
#include "core/cron/parse.h"
#include "tests/support/instants.h"
#include "tests/support/random_cron.h"
#include "tests/support/slow_cron.h"

// What holds for every expression, shown with thousands of them.

namespace jobsched::cron {
namespace {

using test::instant;
using test::RandomCron;
using test::SlowCron;
using test::text_of;

Instant random_instant(RandomCron& random) {
  const Instant first = instant("1970-01-01T00:00:00Z");
  return first + std::chrono::days{random.number(0, 84'000)} +
         std::chrono::seconds{random.number(0, 86'399)} + Millis{random.number(0, 999)};
}

TEST_CASE("cron: the engine finds what a slow search finds") {
  RandomCron random(1);
  for (int i = 0; i < 1'000; ++i) {
    const std::string text = random.expression();
    const Instant start = random_instant(random);
    const Instant until = start + std::chrono::days{800};
    CAPTURE(text);
    CAPTURE(text_of(start));
    const auto expression = Expression::parse(text);
    REQUIRE(expression);
    auto found = expression->next(start);
    if (found && *found > until) found.reset();
    CHECK(text_of(found) == text_of(SlowCron(text).next(start, until)));
  }
}

TEST_CASE("cron: a fire time is later than where the search began, and none lies between") {
  RandomCron random(2);
  for (int i = 0; i < 5'000; ++i) {
    const std::string text = random.expression();
    const Instant start = random_instant(random);
    CAPTURE(text);
    CAPTURE(text_of(start));
    const auto expression = Expression::parse(text);
    REQUIRE(expression);
    const auto next = expression->next(start);
    if (!next) continue;
    CHECK(*next > start);
    CHECK(next->time_since_epoch() % std::chrono::seconds{1} == Millis{0});
    CHECK(expression->next(*next - Millis{1}) == next);
    CHECK(expression->next(start + (*next - start) / 2) == next);
    CHECK(expression->next(*next) != next);
  }
}

TEST_CASE("cron: what is written canonically reads back to the same fields") {
  RandomCron random(3);
  for (int i = 0; i < 5'000; ++i) {
    const std::string text = random.expression();
    CAPTURE(text);
    const auto fields = parse_fields(text);
    REQUIRE(fields);
    const std::string written = canonical(*fields);
    CAPTURE(written);
    const auto again = parse_fields(written);
    REQUIRE(again);
    CHECK((*again == *fields));
    CHECK(canonical(*again) == written);
  }
}

TEST_CASE("cron: expressions with the same description have the same fields") {
  RandomCron random(4);
  std::map<std::string, std::string> written_by_words;
  for (int i = 0; i < 8'000; ++i) {
    const std::string text = random.near_noon();
    const auto expression = Expression::parse(text);
    CAPTURE(text);
    REQUIRE(expression);
    const std::string written = canonical(parse_fields(text).value());
    const auto [known, is_new] = written_by_words.emplace(expression->describe(), written);
    CHECK(known->second == written);
  }
  CHECK(written_by_words.size() > 1'000);
}

TEST_CASE("cron: two fire times are never closer than the least distance, and some are as close") {
  RandomCron random(5);
  for (int i = 0; i < 300; ++i) {
    const std::string text = random.expression();
    const auto expression = Expression::parse(text);
    CAPTURE(text);
    REQUIRE(expression);
    const auto distance = expression->min_distance();
    auto last = expression->next(instant("1970-01-01T00:00:00Z") - Millis{1});
    std::optional<Millis> least;
    for (int fires = 0; last && fires < 3'000; ++fires) {
      const auto next = expression->next(*last);
      if (next && (!least || *next - *last < *least)) least = *next - *last;
      last = next;
    }
    CHECK(distance.has_value() == least.has_value());
    if (!distance || !least) continue;
    CHECK(*least >= *distance);
    if (!last) CHECK(*least == *distance);
  }
}

}  // namespace
}  // namespace jobsched::cron
