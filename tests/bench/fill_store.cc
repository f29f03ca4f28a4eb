// Puts COUNT one-time jobs with 250 bytes of payload into the store at STORE, the path of a file or
// the URI of a database: the first due at
// FIRST-MS milliseconds since 1970, each further one STEP-US microseconds later, in an order that
// is not that of their ids.
//
//   fill_store STORE COUNT URL FIRST-MS STEP-US

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "core/job/id.h"
#include "daemon/store/open_store.h"

namespace {

using namespace jobsched;

constexpr std::uint64_t kGroup = 5'000;

void fail_loudly(const Error& error) {
  std::fprintf(stderr, "fill_store: %s\n", error.detail.c_str());
  std::exit(1);
}

template <class T>
void must(const Result<T>& result) {
  if (!result) fail_loudly(result.error());
}

// A step through 0 … count - 1 that meets each number once.
std::uint64_t stride_through(std::uint64_t count) {
  std::uint64_t stride = count / 3 * 2 + 1;
  while (std::gcd(stride, count) != 1)
    ++stride;
  return stride;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6) return 2;
  const std::uint64_t count = std::stoull(argv[2]);
  const std::uint64_t step = std::stoull(argv[5]);
  const Instant first{Millis{std::stoll(argv[4])}};
  StoreOptions options;
  options.fatal = fail_loudly;
  options.damaged = fail_loudly;
  options.committed = [](const CommitReport&) {};
  options.migrating = [] {};
  options.zones = no_zones;
  auto store = open_store(argv[1], std::move(options));
  if (!store) fail_loudly(store.error());
  const std::uint64_t stride = stride_through(count);
  JobIdGenerator ids;
  const Instant created = std::chrono::floor<Millis>(std::chrono::system_clock::now());
  for (std::uint64_t i = 0; i < count;) {
    std::vector<Job> jobs;
    for (; i < count && jobs.size() < kGroup; ++i) {
      const std::uint64_t place = i * stride % count;
      const Instant when = first + Millis{static_cast<std::int64_t>(place * step / 1'000)};
      const JobId id = ids.next(created + Millis{static_cast<std::int64_t>(i / 50)}, i);
      jobs.push_back(
          {id, "default", {argv[3], {}, "text/plain", std::string(250, 'd'), Once{when}}, when});
    }
    (*store)->create_all(std::move(jobs), must<std::vector<Created>>);
    (*store)->commit_group();
  }
}
