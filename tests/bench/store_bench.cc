// How fast the SQLite store writes, beside what its disk can do. Prints a table; judges nothing.
//
//   store_bench [DIRECTORY]   where to put the store; the present directory if absent

#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "core/job/id.h"
#include "daemon/fd.h"
#include "daemon/store/sqlite_store.h"
#include "tests/support/sample_jobs.h"
#include "tests/support/temporary_directory.h"

namespace jobsched::testing {

namespace {

using Seconds = std::chrono::duration<double>;

template <class Work>
double seconds(const Work& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return Seconds(std::chrono::steady_clock::now() - begin).count();
}

void print(const char* what, std::size_t count, double time) {
  std::printf("%-36s %9zu %9.2f s %12.0f /s\n", what, count, time,
              static_cast<double>(count) / time);
}

void fail_loudly(const Error& error) {
  std::fprintf(stderr, "store_bench: %s\n", error.detail.c_str());
  std::exit(1);
}

std::unique_ptr<SqliteStore> open_store(const std::string& path) {
  auto store = SqliteStore::open(path, {fail_loudly, fail_loudly});
  if (!store) fail_loudly(store.error());
  return *std::move(store);
}

// Appends a page and syncs it, as a commit of one small transaction does.
void measure_disk(const std::string& path) {
  constexpr std::size_t kSyncs = 500;
  const Fd file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  const std::string page(4'096, 'x');
  print("fdatasync of an appended page", kSyncs, seconds([&] {
          for (std::size_t i = 0; i < kSyncs; ++i) {
            if (::write(file.get(), page.data(), page.size()) < 0) std::perror("write");
            ::fdatasync(file.get());
          }
        }));
}

// Jobs of some 400 bytes in the store, due at any time of the next 30 days.
class JobSource {
 public:
  Job next() {
    constexpr std::int64_t kMonth = 30LL * 86'400'000;
    const auto delay = static_cast<std::int64_t>(random_() % kMonth);
    Job job = sample_once(0, at(delay));
    job.id = ids_.next(at(static_cast<std::int64_t>(count_++) / 50), random_());
    job.spec.content_type = "application/json";
    job.spec.data = std::string(250, 'd');
    return job;
  }

 private:
  JobIdGenerator ids_;
  std::mt19937_64 random_{1};
  std::uint64_t count_ = 0;
};

void measure_creates(Store& store, JobSource& source, std::size_t group, std::size_t count) {
  std::vector<Job> jobs;
  jobs.reserve(count);
  for (std::size_t i = 0; i < count; ++i)
    jobs.push_back(source.next());
  const double time = seconds([&] {
    for (std::size_t i = 0; i < count; ++i) {
      store.create(std::move(jobs[i]), [](const auto& created) {
        if (!created) fail_loudly(created.error());
      });
      if ((i + 1) % group == 0 || i + 1 == count) store.commit_group();
    }
  });
  print(("creates in groups of " + std::to_string(group)).c_str(), count, time);
}

// Claims all that is due and records it as accepted, in rounds of `limit`, a group each.
void measure_drain(Store& store, std::size_t limit) {
  constexpr Instant kEnd = at(40LL * 86'400'000);
  std::size_t count = 0;
  bool more = true;
  std::vector<AttemptRecord> records;
  const double time = seconds([&] {
    while (more) {
      store.record(std::move(records), [](const Result<void>& recorded) {
        if (!recorded) fail_loudly(recorded.error());
      });
      records.clear();
      store.claim_due(
          kEnd, limit, Millis{60'000}, {1, Millis{60'000}}, [&](const Result<Claims>& claims) {
            if (!claims) fail_loudly(claims.error());
            for (const Claim& claim : claims->claims) {
              records.push_back({claim.delivery, claim.token, kEnd, kEnd, {}, Accepted{}});
            }
            more = !claims->claims.empty();
            count += claims->claims.size();
          });
      store.commit_group();
    }
  });
  print(("claims and records, " + std::to_string(limit) + " at a time").c_str(), count, time);
}

void run(const std::string& parent) {
  const TemporaryDirectory directory(parent);
  std::printf("%-36s %9s %11s %15s\n", "", "count", "time", "rate");
  measure_disk(directory / "disk");
  const auto store = open_store(directory / "jobs.db");
  JobSource source;
  measure_creates(*store, source, 1, 500);
  measure_creates(*store, source, 10, 5'000);
  measure_creates(*store, source, 100, 50'000);
  measure_creates(*store, source, 1'000, 100'000);
  measure_drain(*store, 64);
  measure_creates(*store, source, 1'000, 100'000);
  measure_drain(*store, 1'024);
}

}  // namespace

}  // namespace jobsched::testing

int main(int argc, char** argv) {
  jobsched::testing::run(argc > 1 ? argv[1] : ".");
}
