// Creates jobs over HTTP as fast as a server takes them. Prints "RATE P50 P99 REFUSED": jobs a
// second, microseconds, microseconds, answers that are not 2xx.
//
//   create_load HOST:PORT CONNECTIONS SECONDS

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "core/time/iso8601.h"
#include "tests/bench/load.h"

namespace {

// A document of some 300 bytes that is due at some time of the 30 days after the year 2090 begins.
std::string request(std::uint64_t number) {
  using namespace jobsched;
  constexpr Instant kBegin = std::chrono::sys_days{std::chrono::year{2090} / 1 / 1};
  constexpr std::uint64_t kMonth = 30ULL * 86'400'000;
  constexpr std::uint64_t kStride = 1'234'567'891;  // to and fro through the month
  const Instant when = kBegin + Millis{static_cast<std::int64_t>(number * kStride % kMonth)};
  return testing::post("/1/jobs", "application/json",
                       R"({"url":"http://127.0.0.1:9/","contentType":"text/plain","data":")" +
                           std::string(180, 'd') + R"(","when":")" + format_instant(when) + "\"}");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const auto load = jobsched::testing::measure_load(
      argv[1], std::stoul(argv[2]), std::chrono::seconds{std::stol(argv[3])}, request);
  std::printf("%.0f %ld %ld %lu\n", load.per_second, load.p50.count(), load.p99.count(),
              static_cast<unsigned long>(load.refused));
}
