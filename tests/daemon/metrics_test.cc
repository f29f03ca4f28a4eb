#include "daemon/metrics/metrics.h"

#include <chrono>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "tests/support/sample_jobs.h"

using namespace std::chrono_literals;

namespace jobsched::testing {

namespace {

constexpr std::array<Micros, 3> kBounds{1ms, 10ms, 1s};

// The lines of a text that begin with `start`.
std::string lines(std::string_view text, std::string_view start) {
  std::string found;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n') + 1);
    if (line.starts_with(start)) found += line;
    text.remove_prefix(line.size());
  }
  return found;
}

}  // namespace

TEST_CASE("a histogram counts a length in the first bound that it does not exceed") {
  struct Row {
    Micros length;
    std::size_t index;
  };

  constexpr Row kRows[] = {{-5ms, 0}, {0us, 0},     {1ms, 0}, {1'001us, 1}, {10ms, 1},
                           {11ms, 2}, {1'000ms, 2}, {2s, 3},  {100h, 3}};
  for (const Row& row : kRows) {
    CAPTURE(row.length.count());
    Histogram histogram(kBounds);
    histogram.observe(row.length);
    for (std::size_t i = 0; i <= kBounds.size(); ++i) {
      CHECK(histogram.count(i) == (i == row.index ? 1 : 0));
    }
    CHECK(histogram.sum() == std::max(row.length, Micros{0}));
  }
}

TEST_CASE("metrics in the text format of Prometheus") {
  Histogram histogram(kBounds);
  for (const Micros length : {Micros{500us}, Micros{2ms}, Micros{3ms}, Micros{5s}})
    histogram.observe(length);
  Exposition out;
  out.counter("a_total", "Some.", std::uint64_t{12'345'678'901});
  out.counter("cpu_seconds_total", "Time.", 0.25);
  out.gauge("b_bytes", "More.", 1e9);
  out.gauge("small", "Little.", 0.0001);
  out.counters("c_total", "By kind.");
  out.labelled("c_total", "kind", "x", 1);
  out.labelled("c_total", "kind", "y", 2);
  out.histogram("d_seconds", "Lengths.", histogram);
  out.info("e_info", "What it is.", "version", "1.2.3");
  CHECK(std::move(out).take() ==
        "# HELP a_total Some.\n"
        "# TYPE a_total counter\n"
        "a_total 12345678901\n"
        "# HELP cpu_seconds_total Time.\n"
        "# TYPE cpu_seconds_total counter\n"
        "cpu_seconds_total 0.25\n"
        "# HELP b_bytes More.\n"
        "# TYPE b_bytes gauge\n"
        "b_bytes 1000000000\n"
        "# HELP small Little.\n"
        "# TYPE small gauge\n"
        "small 0.0001\n"
        "# HELP c_total By kind.\n"
        "# TYPE c_total counter\n"
        "c_total{kind=\"x\"} 1\n"
        "c_total{kind=\"y\"} 2\n"
        "# HELP d_seconds Lengths.\n"
        "# TYPE d_seconds histogram\n"
        "d_seconds_bucket{le=\"0.001\"} 1\n"
        "d_seconds_bucket{le=\"0.01\"} 3\n"
        "d_seconds_bucket{le=\"1\"} 3\n"
        "d_seconds_bucket{le=\"+Inf\"} 4\n"
        "d_seconds_sum 5.0055\n"
        "d_seconds_count 4\n"
        "# HELP e_info What it is.\n"
        "# TYPE e_info gauge\n"
        "e_info{version=\"1.2.3\"} 1\n");
}

TEST_CASE("answers are counted by the class of their status") {
  HttpMetrics http;
  for (const int status : {200, 201, 204, 301, 404, 422, 500, 503, 999})
    http.answered(status);
  CHECK(http.answers[0].value() == 0);
  CHECK(http.answers[1].value() == 3);
  CHECK(http.answers[2].value() == 1);
  CHECK(http.answers[3].value() == 2);
  CHECK(http.answers[4].value() == 3);
}

TEST_CASE("attempts are in flight until they end, and only first ones have a lateness") {
  Metrics metrics;
  const Instant fire_time{1'800'000'000'000ms};
  metrics.engine.started({sample_id(1), fire_time, 1}, fire_time + 3ms);
  metrics.engine.started({sample_id(2), fire_time, 2}, fire_time + 30s);
  metrics.engine.started({sample_id(3), fire_time, 1}, fire_time - 1ms);
  metrics.engine.ended(Outcome::kTimedOut);
  const std::string text = metrics.write({});
  CHECK(lines(text, "jobsched_attempts_in_flight") == "jobsched_attempts_in_flight 2\n");
  CHECK(lines(text, "jobsched_attempts_total{outcome=\"timed_out\"}") ==
        "jobsched_attempts_total{outcome=\"timed_out\"} 1\n");
  CHECK(lines(text, "jobsched_lateness_seconds_count") == "jobsched_lateness_seconds_count 2\n");
  CHECK(lines(text, "jobsched_lateness_seconds_sum") == "jobsched_lateness_seconds_sum 0.003\n");
}

TEST_CASE("what the store cannot say is left out") {
  const Metrics metrics;
  Sample sample;
  CHECK(lines(metrics.write(sample), "jobsched_jobs_pending").empty());
  CHECK(lines(metrics.write(sample), "jobsched_overdue_seconds").empty());
  sample.pending = 7;
  sample.overdue = 1'500ms;
  CHECK(lines(metrics.write(sample), "jobsched_jobs_pending") == "jobsched_jobs_pending 7\n");
  CHECK(lines(metrics.write(sample), "jobsched_overdue_seconds") ==
        "jobsched_overdue_seconds 1.5\n");
}

TEST_CASE("the process knows what it uses") {
  const ProcessUsage usage = process_usage();
  CHECK(usage.resident_bytes > 1'000'000);
  CHECK(usage.open_descriptors >= 3);
  CHECK(usage.most_descriptors >= usage.open_descriptors);
  CHECK(usage.cpu_seconds > 0);
}

}  // namespace jobsched::testing
