#include "core/job/rearm.h"

#include <optional>
#include <string_view>

#include <doctest/doctest.h>

#include "core/time/iso8601.h"

using jobsched::Instant;
using jobsched::Job;

namespace {

Instant instant(std::string_view text) {
  return jobsched::parse_instant(text).value();
}

Job recurring(std::string_view cron, std::optional<Instant> next) {
  const auto expression = jobsched::cron::Expression::parse(cron).value();
  return {{}, "default", {"http://a/", {}, {}, {}, jobsched::Recurring{expression}}, next};
}

}  // namespace

TEST_CASE("where the next fire time of a recurring job goes when the clock is set back") {
  struct Row {
    std::string_view rule;
    std::string_view cron;
    std::string_view next;
    std::string_view before;
    std::string_view now;
    std::string_view expected;  // empty: it stays
  };

  constexpr auto kTenMinutely = "0 0/10 * * * ?";
  constexpr auto kDaily = "0 0 9 * * ?";
  const Row rows[] = {
      {"no fire time between now and the next", kDaily, "2030-01-02T09:00:00Z",
       "2030-01-01T12:00:00Z", "2030-01-01T11:00:00Z", ""},
      {"a daily job is not asked to fire twice", kDaily, "2030-01-02T09:00:00Z",
       "2030-01-01T09:30:00Z", "2030-01-01T08:30:00Z", ""},
      {"not even just under three hours", kDaily, "2030-01-02T09:00:00Z", "2030-01-01T11:29:59Z",
       "2030-01-01T08:30:00Z", ""},
      {"three hours: the clock was wrong", kDaily, "2030-01-02T09:00:00Z", "2030-01-01T11:30:00Z",
       "2030-01-01T08:30:00Z", "2030-01-01T09:00:00Z"},
      {"a year: the same", kDaily, "2031-01-02T09:00:00Z", "2031-01-01T11:30:00Z",
       "2030-01-01T08:30:00Z", "2030-01-01T09:00:00Z"},
      {"an hour without a ten-minutely job is too long", kTenMinutely, "2030-01-01T12:10:00Z",
       "2030-01-01T12:05:00Z", "2030-01-01T11:05:00Z", "2030-01-01T11:10:00Z"},
      {"two intervals are not", kTenMinutely, "2030-01-01T12:10:00Z", "2030-01-01T12:05:00Z",
       "2030-01-01T11:50:00Z", ""},
      {"a little more is", kTenMinutely, "2030-01-01T12:10:00Z", "2030-01-01T12:05:00Z",
       "2030-01-01T11:49:59Z", "2030-01-01T11:50:00Z"},
      {"a minute is never too long", "0/10 * * * * ?", "2030-01-01T12:00:10Z",
       "2030-01-01T12:00:05Z", "2030-01-01T11:59:10Z", ""},
      {"more than a minute may be", "0/10 * * * * ?", "2030-01-01T12:00:10Z",
       "2030-01-01T12:00:05Z", "2030-01-01T11:59:05Z", "2030-01-01T11:59:10Z"},
      {"a job of certain hours keeps them", "0 0/10 8-17 * * ?", "2030-01-01T12:10:00Z",
       "2030-01-01T12:05:00Z", "2030-01-01T11:05:00Z", ""},
      {"overdue: it fires anyway", kTenMinutely, "2030-01-01T01:00:00Z", "2030-01-01T12:05:00Z",
       "2030-01-01T02:05:00Z", ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.rule);
    const auto expected =
        row.expected.empty() ? std::nullopt : std::optional{instant(row.expected)};
    CHECK(jobsched::rearm(recurring(row.cron, instant(row.next)), instant(row.before),
                          instant(row.now)) == expected);
  }
}

TEST_CASE("a job that has fired out is armed again only by a clock that was wrong") {
  const Job job = recurring("0 0 9 1 1 ? 2030", {});
  const Instant before = instant("2030-01-01T10:00:00Z");
  CHECK_FALSE(jobsched::rearm(job, before, instant("2030-01-01T08:00:00Z")));
  CHECK(jobsched::rearm(job, before, instant("2030-01-01T07:00:00Z")) ==
        instant("2030-01-01T09:00:00Z"));
}

TEST_CASE("one-time, paused and zoneless jobs stay as they are") {
  const Instant before = instant("2030-01-02T00:00:00Z");
  const Instant now = instant("2030-01-01T00:00:00Z");
  Job once = recurring("0 0 9 * * ?", {});
  once.spec.schedule = jobsched::Once{instant("2030-01-01T12:00:00Z")};
  CHECK_FALSE(jobsched::rearm(once, before, now));

  Job paused = recurring("0 0 9 * * ?", {});
  paused.spec.paused = true;
  CHECK_FALSE(jobsched::rearm(paused, before, now));

  Job zoneless = recurring("0 0 9 * * ?", instant("2030-01-03T09:00:00Z"));
  std::get<jobsched::Recurring>(zoneless.spec.schedule).zone = nullptr;
  CHECK_FALSE(jobsched::rearm(zoneless, before, now));
}
