// How many fire times a second the cron engine computes in one thread, and how many expressions it
// parses. Prints figures; passes no judgement.

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "core/cron/expression.h"
#include "tests/support/instants.h"
#include "tests/support/zones.h"

namespace jobsched {
namespace {

using cron::Expression;
using SteadyClock = std::chrono::steady_clock;

constexpr std::array<std::string_view, 22> kShapes{
    "* * * * * ?",
    "0 * * * * ?",
    "0 0/5 * * * ?",
    "0 5/10 * * * ?",
    "0 0/20 8-17 ? * MON-FRI",
    "0 0 * * * ?",
    "0 0 0/2 * * ?",
    "0 0 6 * * ?",
    "0 30 2 * * ?",
    "0 15,45 9,12,17 * * ?",
    "0 0 9 ? * MON-FRI",
    "0 0 9 ? * MON",
    "0 0 9 1 * ?",
    "0 0 9 1,15 * ?",
    "0 0 18 L * ?",
    "0 0 18 L-3W * ?",
    "0 0 8,20 15W * ?",
    "0 15 10 ? * 6L",
    "0 15 10 ? * 6#3",
    "0 0 0 1 1 ?",
    "0 0 0 29 2 ? *",
    "0 0 12 1 6 ? 2090",
};

constexpr std::array<std::string_view, 4> kZones{"America/New_York", "Europe/Berlin",
                                                 "Australia/Lord_Howe", "Africa/Casablanca"};

// The best of several runs, in calls per second, of `batch`, which makes `calls` calls a time.
double rate(std::size_t calls, const std::function<void()>& batch) {
  double best = 0;
  for (int run = 0; run < 5; ++run) {
    const auto begin = SteadyClock::now();
    std::size_t batches = 0;
    while (SteadyClock::now() - begin < std::chrono::milliseconds{100}) {
      batch();
      ++batches;
    }
    const std::chrono::duration<double> length = SteadyClock::now() - begin;
    best = std::max(best, static_cast<double>(batches * calls) / length.count());
  }
  return best;
}

std::vector<Instant> random_starts() {
  std::mt19937_64 generator(1);  // NOLINT: the same numbers in every run
  const Instant first = test::instant("2024-01-01T00:00:00Z");
  const Instant last = test::instant("2040-01-01T00:00:00Z");
  std::uniform_int_distribution<std::int64_t> milliseconds(0, (last - first).count());
  std::vector<Instant> starts(1'024);
  std::ranges::generate(starts, [&] { return first + Millis{milliseconds(generator)}; });
  return starts;
}

void print(std::string_view what, double per_second) {
  std::printf("%-44s %12.0f /s %9.0f ns\n", std::string(what).c_str(), per_second,
              1e9 / std::max(per_second, 1.0));
}

void run() {
  const std::vector<Instant> starts = random_starts();
  std::vector<Expression> expressions;
  for (const std::string_view shape : kShapes) {
    expressions.push_back(Expression::parse(shape).value());
  }
  std::vector<Zone> zones;
  for (const std::string_view name : kZones) {
    zones.push_back(test::system_zone(std::string(name)));
  }
  std::int64_t sum = 0;  // so that nothing is optimised away
  const auto take = [&](const std::optional<Instant>& next) {
    sum += next ? next->time_since_epoch().count() : 1;
  };

  std::puts("next fire time, UTC, from random starts");
  for (const Expression& expression : expressions) {
    print("  " + expression.text(), rate(starts.size(), [&] {
            for (const Instant start : starts)
              take(expression.next(start));
          }));
  }
  print("all shapes, UTC", rate(starts.size() * expressions.size(), [&] {
          for (const Instant start : starts) {
            for (const Expression& expression : expressions)
              take(expression.next(start));
          }
        }));
  for (const Zone& zone : zones) {
    print("all shapes, " + zone.name(), rate(starts.size() * expressions.size(), [&] {
            for (const Instant start : starts) {
              for (const Expression& expression : expressions)
                take(expression.next(start, zone));
            }
          }));
  }
  print("parse, all shapes", rate(kShapes.size(), [&] {
          for (const std::string_view shape : kShapes) {
            sum += static_cast<std::int64_t>(Expression::parse(shape)->text().size());
          }
        }));
  print("least distance, all shapes", rate(expressions.size(), [&] {
          for (const Expression& expression : expressions) {
            sum += expression.min_distance().value_or(std::chrono::seconds{1}).count();
          }
        }));
  std::printf("(checksum %lld)\n", static_cast<long long>(sum));
}

}  // namespace
}  // namespace jobsched

int main() {
  jobsched::run();
}
