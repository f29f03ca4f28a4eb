#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "core/delivery/callback.h"
#include "daemon/store/sqlite_store.h"
#include "tests/support/memory_store.h"
#include "tests/support/temporary_directory.h"
#include "tests/support/witnessed_rig.h"

// A daemon's life as a seed decides it: jobs that come and go, endpoints that fail, a store that
// fails, crashes between any two steps, a clock that is set to and fro. A Witness checks every
// answer of the store and every record of an attempt, and this file how many there are at once. A
// seed that fails is repeated alone by
//
//   JOBSCHED_SEED=4711 daemon_tests --source-file='*simulation*'
//
// No two random numbers are drawn in one expression, whose order of evaluation is the compiler's.

using namespace std::chrono_literals;
using namespace jobsched::testing;
using jobsched::AttemptResult;
using jobsched::Delivery;
using jobsched::ErrorKind;
using jobsched::Instant;
using jobsched::Job;
using jobsched::Millis;
using jobsched::Outcome;
using jobsched::SchedulerSettings;
using jobsched::Store;

namespace {

constexpr std::size_t kConcurrency = 6;
constexpr int kPerHost = 2;

// Opens a store anew, as a start of the daemon does: what was not committed is gone.
using Reopen = std::function<Store&()>;

class Simulation {
 public:
  Simulation(std::uint64_t seed, const Reopen& reopen)
      : random_(seed), witnessed_(settings(), reopen) {}

  void live(int events) {
    for (int i = 0; i < events; ++i) {
      happen();
      look();
    }
  }

  // From here on all goes well: what is owed is delivered.
  void end_well() {
    set_faults([] { return 0; });
    rig_.clock.set(latest_);
    resume_all();
    const Instant end = latest_ + 15min;  // longer than the backoffs, and the lives of jobs to come
    for (bool over = false; !over;) {
      serve_all();
      over = rig_.clock.now() >= end && rig_.deliverer.in_flight() == 0;
      if (!over) tick(std::min(rig_.wake.value_or(end), end));
    }
    witnessed_.witness().check_end(rig_.clock.now());
  }

 private:
  static SchedulerSettings settings() {
    SchedulerSettings settings;
    settings.concurrency = kConcurrency;
    settings.per_host = kPerHost;
    settings.backoff = {{5s, 30s, 2min}};
    return settings;
  }

  std::uint32_t below(std::uint32_t end) { return static_cast<std::uint32_t>(random_() % end); }

  bool rarely() { return below(8) == 0; }

  void tick(Instant to) {
    rig_.clock.set(to);
    latest_ = std::max(latest_, to);
  }

  void happen() {
    const Instant now = rig_.clock.now();
    switch (below(17)) {
      case 0:
      case 1: create(); break;
      case 2: replace(); break;
      case 3: remove(); break;
      case 4: tick(now + Millis{below(1'000)}); break;
      case 5: tick(now + Millis{below(900'000)}); break;
      case 6: tick(rig_.wake.value_or(now)); break;
      case 7:
      case 8: rig_.wake = rig_.scheduler->step(now); break;
      case 9:
      case 10: rig_.store.commit_group(); break;
      case 11:
        if (rarely()) rig_.restart();
        break;
      case 12:
        if (rarely()) set_clock(now);
        break;
      case 13: set_faults([this] { return below(2); }); break;
      case 14: act_by_hand(); break;
      default: end_an_attempt();
    }
    if (below(3) == 0) rig_.settle();
  }

  void set_faults(const std::function<std::size_t()>& times) {
    for (const auto fail :
         {&FlakyStore::fail_creates, &FlakyStore::fail_changes, &FlakyStore::fail_claims,
          &FlakyStore::fail_records, &FlakyStore::fail_rearmings}) {
      const ErrorKind kind = fault();
      (rig_.store.*fail)(times(), kind, 0);
    }
  }

  ErrorKind fault() { return below(2) == 0 ? ErrorKind::kUnavailable : ErrorKind::kStoreFull; }

  // By minutes or by days, mostly back: forward is what time does anyway.
  void set_clock(Instant now) {
    const Millis by = rarely() ? Millis{below(400'000'000)} : Millis{below(7'200'000)};
    rarely() ? tick(now + by) : rig_.clock.set(now - by);
  }

  Job next_job() {
    const std::uint32_t n = ++last_job_;
    const Instant now = rig_.clock.now();
    const bool recurring = below(4) == 0;
    const Millis wait{1 + below(600'000)};
    const std::string host(1, static_cast<char>('a' + below(4)));
    Job job =
        recurring ? recurring_job(n, "0 0/10 * * * ?", now) : one_time_job(n, now + wait, host);
    if (rarely()) job.spec.misfire = jobsched::Misfire::kSkip;
    // Few, so that they come again and a job takes the place of another.
    if (below(4) == 0) job.spec.name = std::string(1, static_cast<char>('a' + below(3)));
    return job;
  }

  void create() {
    const Job job = next_job();
    rig_.store.create(job, [](const auto&) {});
    rig_.scheduler->notice(*job.next);
  }

  void replace() {
    Job job = next_job();
    rig_.store.replace("default", job_id(1 + below(last_job_)), {}, std::move(job.spec), job.next,
                       rig_.clock.now(), [](const auto&) {});
    rig_.scheduler->notice(*job.next);
  }

  void remove() {
    rig_.store.remove("default", job_id(1 + below(last_job_ + 1)), {}, rig_.clock.now(),
                      [](const auto&) {});
  }

  // What users do to jobs and deliveries that are there.
  void act_by_hand() {
    const Instant now = rig_.clock.now();
    const auto id = job_id(1 + below(last_job_ + 1));
    const std::vector<Delivery> in_vain = witnessed_.witness().to_retry();
    const auto ignore = [](const auto&) {};
    switch (below(4)) {
      case 0: rig_.store.fire_now("default", id, now, ignore); break;
      case 1: rig_.store.pause("default", id, ignore); break;
      case 2: rig_.store.resume("default", id, now, ignore); break;
      default:
        if (in_vain.empty()) return;
        rig_.store.retry("default", in_vain[below(static_cast<std::uint32_t>(in_vain.size()))], now,
                         ignore);
    }
    rig_.scheduler->notice(now);
  }

  void resume_all() {
    for (std::uint32_t n = 1; n <= last_job_; ++n)
      rig_.store.resume("default", job_id(n), rig_.clock.now(), [](const auto&) {});
    rig_.scheduler->notice(rig_.clock.now());
  }

  void end_an_attempt() {
    const std::size_t open = rig_.deliverer.in_flight();
    if (open == 0) return;
    const AttemptResult results[] = {answered(200),
                                     answered(200),
                                     answered(500),
                                     answered(410),
                                     {Outcome::kRejected, 503, Millis{below(100'000)}, false, {}},
                                     {Outcome::kRejected, 400, {}, true, {}},
                                     {Outcome::kTimedOut, 0, {}, false, "too slow"},
                                     {Outcome::kUnreachable, 0, {}, false, "refused"},
                                     {Outcome::kBlocked, 0, {}, false, "not allowed"},
                                     {Outcome::kInterrupted, 0, {}, false, "interrupted"}};
    const AttemptResult& result = results[below(std::size(results))];
    witnessed_.answer(below(static_cast<std::uint32_t>(open)), result);
  }

  void serve_all() {
    rig_.settle();
    look();
    while (rig_.deliverer.in_flight() > 0) {
      witnessed_.finish(0, answered(200));
      look();
    }
  }

  // Checks the attempts under way whenever there are new ones.
  void look() {
    if (!witnessed_.look()) return;
    const auto& open = rig_.deliverer.open();
    CHECK(open.size() <= kConcurrency);
    std::map<std::string, int> per_target;
    for (std::size_t i = 0; i < open.size(); ++i) {
      CHECK(++per_target[jobsched::callback_target(open[i].request.url)] <= kPerHost);
    }
  }

  std::mt19937_64 random_;
  WitnessedRig witnessed_;
  SchedulerRig& rig_ = witnessed_.rig();
  Instant latest_ = kStart;
  std::uint32_t last_job_ = 0;
};

void simulate(std::uint64_t seed, int events, const Reopen& reopen) {
  CAPTURE(seed);
  Simulation simulation(seed, reopen);
  simulation.live(events);
  simulation.end_well();
}

void simulate_in_memory(std::uint64_t seed, int events) {
  MemoryStore store;
  simulate(seed, events, [&]() -> Store& {
    store.crash();
    return store;
  });
}

void simulate_on_disk(std::uint64_t seed, int events) {
  const TemporaryDirectory directory;
  std::unique_ptr<jobsched::SqliteStore> store;
  const auto report = [](const jobsched::Error& error) { FAIL_CHECK(error.detail); };
  simulate(seed, events, [&]() -> Store& {
    store.reset();
    auto opened = jobsched::SqliteStore::open(directory / "jobs.db", {report, report});
    if (!opened) FAIL(opened.error().detail);
    store = *std::move(opened);
    return *store;
  });
}

// The seeds from 1 on, or the one that JOBSCHED_SEED names.
void for_seeds(std::uint64_t count, const std::function<void(std::uint64_t)>& run) {
  const char* const only = std::getenv("JOBSCHED_SEED");
  if (only != nullptr) return run(std::stoull(only));
  for (std::uint64_t seed = 1; seed <= count; ++seed)
    run(seed);
}

}  // namespace

TEST_CASE("whatever happens, every fire time is attempted or covered by a misfire, none early") {
  for_seeds(200, [](std::uint64_t seed) { simulate_in_memory(seed, 250); });
}

TEST_CASE("the same on disk") {
  for_seeds(10, [](std::uint64_t seed) { simulate_on_disk(seed, 250); });
}

TEST_SUITE("slow") {
  TEST_CASE("whatever happens, 10,000 times") {
    for_seeds(10'000, [](std::uint64_t seed) { simulate_in_memory(seed, 250); });
  }

  TEST_CASE("the same on disk, 500 times") {
    for_seeds(500, [](std::uint64_t seed) { simulate_on_disk(seed, 250); });
  }
}
