#include "daemon/engine/engine_loop.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <future>
#include <set>
#include <string>
#include <thread>
#include <utility>

#include <doctest/doctest.h>

#include "tests/support/endpoint.h"
#include "tests/support/flaky_store.h"
#include "tests/support/memory_store.h"
#include "tests/support/scheduler_rig.h"

using namespace std::chrono_literals;
using namespace jobsched::testing;
using jobsched::AttemptReport;
using jobsched::CurlDeliverer;
using jobsched::EngineLoop;
using jobsched::Instant;
using jobsched::Job;
using jobsched::LoopWatch;
using jobsched::Millis;
using jobsched::Scheduler;
using jobsched::SchedulerSettings;

namespace {

constexpr auto kDeadline = 60s;  // of a test that hangs, sanitizers considered

// The engine as the daemon has it: one thread for the loop, one that commits.
class Engine {
 public:
  explicit Engine(LoopWatch watch = {[](Millis /*step*/) {}})
      : loop(*EngineLoop::create(clock, std::move(watch))) {
    committer_ = std::thread([this] {
      while (!stopping_) {
        store.wait_for_events();
        while (store.commit_group()) {
        }
      }
    });
    runner_ = std::async(std::launch::async, [this] { loop->run(scheduler, deliverer); });
  }

  ~Engine() {
    stop(EngineLoop::SteadyTime::min() + EngineLoop::kRecordGrace);
    stopping_ = true;
    store.stop_waiting();
    committer_.join();
  }

  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  void create(const Job& job) {
    std::promise<void> stored;
    store.create(job, [&](const auto& result) {
      CHECK(result.has_value());
      stored.set_value();
    });
    stored.get_future().get();
    scheduler.notice(*job.next);
  }

  // Drains; false if the loop does not return.
  bool stop(EngineLoop::SteadyTime deadline) {
    loop->drain(deadline);
    return runner_.wait_for(kDeadline) == std::future_status::ready;
  }

  jobsched::SystemClock clock;
  MemoryStore memory;
  FlakyStore store{memory};
  std::unique_ptr<EngineLoop> loop;
  const jobsched::CurlLibrary curl = jobsched::load_curl().value();
  CurlDeliverer deliverer{curl, *loop, clock, 64};
  Scheduler scheduler{SchedulerSettings{},
                      1,
                      store,
                      deliverer,
                      [] { return 0.5; },
                      [this] { loop->wake(); },
                      {[](const auto& /*attempt*/) {}, [](const auto& /*skipped*/) {},
                       [](const auto& /*set_back*/) {}}};

 private:
  std::atomic<bool> stopping_ = false;
  std::thread committer_;
  std::future<void> runner_;
};

Job job_for(const Endpoint& endpoint, std::uint32_t n, Instant when) {
  Job job = one_time_job(n, when);
  job.spec.url = endpoint.url("/" + std::to_string(n));
  return job;
}

template <class Condition>
bool eventually(Condition condition) {
  const auto end = std::chrono::steady_clock::now() + kDeadline;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(1ms);
  }
  return true;
}

std::string ok() {
  return "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
}

Endpoint::Behaviour never_answers() {
  return [](Connection& connection, const std::string&) {
    connection.wait_for_close();
    return false;
  };
}

}  // namespace

TEST_CASE("a job is posted at its time, not early, and then gone") {
  const jobsched::SystemClock clock;
  std::atomic<Millis::rep> arrived = 0;
  const Endpoint endpoint([&](Connection& connection, const std::string&) {
    arrived = clock.now().time_since_epoch().count();
    return connection.send(ok());
  });
  Engine engine;
  const Instant when = engine.clock.now() + 150ms;
  engine.create(job_for(endpoint, 1, when));
  REQUIRE(eventually([&] { return arrived != 0; }));
  CHECK(arrived >= when.time_since_epoch().count());
  CHECK(eventually([&] { return engine.store.counts()->jobs == 0; }));
}

TEST_CASE("a job that is due earlier than what the loop waits for is not held up by it") {
  const Endpoint endpoint(answers(ok()));
  Engine engine;
  engine.create(job_for(endpoint, 1, engine.clock.now() + 1h));
  engine.create(job_for(endpoint, 2, engine.clock.now()));
  REQUIRE(eventually([&] { return endpoint.requests().size() == 1; }));
  CHECK(endpoint.requests()[0].starts_with("POST /2 "));
}

TEST_CASE("a thousand jobs are each posted once") {
  const Endpoint endpoint(answers(ok()));
  Engine engine;
  const Instant when = engine.clock.now();
  for (std::uint32_t n = 0; n < 1'000; ++n)
    engine.create(job_for(endpoint, n, when));
  REQUIRE(eventually([&] { return engine.store.counts()->jobs == 0; }));
  const auto requests = endpoint.requests();
  std::set<std::string> lines;
  for (const auto& request : requests)
    lines.insert(request.substr(0, request.find('\r')));
  CHECK(requests.size() == 1'000);
  CHECK(lines.size() == 1'000);
}

TEST_CASE("an idle loop ends at once when it is drained") {
  Engine engine;
  CHECK(engine.stop(engine.clock.steady_now() + 1h));
}

TEST_CASE("draining waits for an attempt under way and records it") {
  std::promise<void> answer_now;
  const Endpoint endpoint([&](Connection& connection, const std::string&) {
    answer_now.get_future().get();
    return connection.send(ok());
  });
  Engine engine;
  engine.create(job_for(endpoint, 1, engine.clock.now()));
  REQUIRE(eventually([&] { return endpoint.requests().size() == 1; }));
  engine.loop->drain(engine.clock.steady_now() + 1h);
  answer_now.set_value();
  CHECK(engine.stop(engine.clock.steady_now() + 1h));
  CHECK(engine.store.counts()->jobs == 0);
}

TEST_CASE("what has not ended at the deadline is interrupted, and its attempt does not count") {
  const Endpoint endpoint(never_answers());
  Engine engine;
  engine.create(job_for(endpoint, 1, engine.clock.now()));
  REQUIRE(eventually([&] { return endpoint.requests().size() == 1; }));
  CHECK(engine.stop(engine.clock.steady_now() + 50ms));
  const auto counts = engine.store.counts();
  CHECK(counts->jobs == 1);
  CHECK(counts->next_due.has_value());  // handed back: not leased any more
}

TEST_CASE("a second call brings the deadline forward") {
  const Endpoint endpoint(never_answers());
  Engine engine;
  engine.create(job_for(endpoint, 1, engine.clock.now()));
  REQUIRE(eventually([&] { return endpoint.requests().size() == 1; }));
  engine.loop->drain(engine.clock.steady_now() + 1h);
  CHECK(engine.stop(engine.clock.steady_now()));
  CHECK(engine.store.counts()->jobs == 1);
}

TEST_CASE("a store that takes no records cannot keep the loop from ending") {
  const Endpoint endpoint(answers(ok()));
  Engine engine;
  engine.store.fail_records(1'000'000, jobsched::ErrorKind::kStoreFull);
  engine.create(job_for(endpoint, 1, engine.clock.now()));
  REQUIRE(eventually([&] { return endpoint.requests().size() == 1; }));
  CHECK(engine.stop(engine.clock.steady_now() - EngineLoop::kRecordGrace));
  CHECK(engine.store.counts()->jobs == 1);
}

TEST_CASE("the loop comes round as often as whoever watches it wants") {
  std::atomic<int> rounds = 0;
  Engine engine({[](Millis /*step*/) {},
                 [&](LoopWatch::SteadyTime now) {
                   ++rounds;
                   return now + 1ms;
                 }});
  CHECK(eventually([&] { return rounds >= 200; }));  // by itself, it takes a second for each
}

TEST_CASE("jobs that wait for a place start by a call from another thread, without another event") {
  const Endpoint endpoint(never_answers());
  Engine engine;
  SchedulerSettings settings;
  settings.per_host = 1;
  engine.loop->post([&, settings] { engine.scheduler.set(settings); });
  for (std::uint32_t n = 1; n <= 3; ++n)
    engine.create(job_for(endpoint, n, engine.clock.now()));
  REQUIRE(eventually([&] { return endpoint.requests().size() == 1; }));
  settings.per_host = 3;
  engine.loop->post([&, settings] { engine.scheduler.set(settings); });
  CHECK(eventually([&] { return endpoint.requests().size() == 3; }));
}
