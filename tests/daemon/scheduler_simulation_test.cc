#include <chrono>
#include <cstdint>
#include <map>
#include <random>
#include <string>

#include <doctest/doctest.h>

#include "core/delivery/callback.h"
#include "tests/support/scheduler_rig.h"

using namespace std::chrono_literals;
using namespace jobsched::testing;
using jobsched::AttemptResult;
using jobsched::ErrorKind;
using jobsched::Instant;
using jobsched::Job;
using jobsched::Millis;
using jobsched::Outcome;
using jobsched::SchedulerSettings;

namespace {

constexpr Millis kPeriod = 10min;

// What the endpoints saw of one delivery.
struct Seen {
  std::uint32_t attempt = 0;  // the latest
  Instant first_by;           // the latest time on the clock before its first attempt
};

// A daemon's life with random jobs, answers, faults, crashes and clock steps; the rules of delivery
// are checked on what the endpoints see.
class Simulation {
 public:
  explicit Simulation(std::uint64_t seed) : random_(seed), rig_(settings()) {}

  void live(int events) {
    for (int i = 0; i < events; ++i) {
      happen();
      look();
    }
  }

  // From here on all goes well: what is owed is delivered.
  void end_well() {
    rig_.store.fail_claims(0, ErrorKind::kUnavailable);
    rig_.store.fail_records(0, ErrorKind::kUnavailable);
    rig_.clock.set(latest_);
    const Instant end = latest_ + 30h;  // longer than the longest backoff
    while (rig_.clock.now() < end) {
      rig_.settle();
      look();
      while (rig_.deliverer.in_flight() > 0) {
        rig_.finish(0, answered(200));
        look();
      }
      tick(std::min(rig_.wake.value_or(end), end));
    }
  }

  void check_end() {
    for (const auto& [n, when] : one_time_)
      check_one_time(n, when);
    for (const auto& [n, first] : recurring_)
      check_recurring(n, first);
  }

 private:
  static SchedulerSettings settings() {
    SchedulerSettings settings;
    settings.concurrency = 6;
    settings.per_host = 2;
    return settings;
  }

  std::uint32_t below(std::uint32_t end) {
    return std::uniform_int_distribution<std::uint32_t>(0, end - 1)(random_);
  }

  void tick(Instant to) {
    rig_.clock.set(to);
    latest_ = std::max(latest_, to);
  }

  void happen() {
    const Instant now = rig_.clock.now();
    switch (below(12)) {
      case 0: create_one_time(); break;
      case 1:
        if (recurring_.size() < 4) create_recurring();
        break;
      case 2: tick(now + Millis{below(1'000)}); break;
      case 3: tick(now + Millis{below(900'000)}); break;
      case 4: tick(rig_.wake.value_or(now)); break;
      case 5: rig_.scheduler->step(now); break;
      case 6: rig_.store.commit_group(); break;
      case 7:
        if (below(10) == 0) rig_.restart();
        break;
      case 8:
        if (below(10) == 0) rig_.clock.set(now - Millis{below(60'000)});
        break;
      case 9:
        rig_.store.fail_claims(below(2), ErrorKind::kUnavailable);
        rig_.store.fail_records(below(2), ErrorKind::kStoreFull);
        break;
      default: end_an_attempt();
    }
    if (below(2) == 0) rig_.settle();
  }

  void create_one_time() {
    const std::uint32_t n = ++last_job_;
    const Instant when = rig_.clock.now() + Millis{1 + below(1'200'000)};
    one_time_[n] = when;
    rig_.create(one_time_job(n, when, std::string(1, static_cast<char>('a' + below(4)))));
  }

  void create_recurring() {
    const std::uint32_t n = ++last_job_;
    const Job job = recurring_job(n, "0 0/10 * * * ?", rig_.clock.now());
    recurring_[n] = *job.next;
    rig_.create(job);
  }

  void end_an_attempt() {
    const std::size_t open = rig_.deliverer.in_flight();
    if (open == 0) return;
    const AttemptResult results[] = {answered(200),
                                     answered(200),
                                     answered(500),
                                     answered(302),
                                     {Outcome::kRejected, 503, Millis{below(100'000)}, false, {}},
                                     {Outcome::kTimedOut, 0, {}, false, "too slow"},
                                     {Outcome::kUnreachable, 0, {}, false, "refused"}};
    rig_.deliverer.finish(below(static_cast<std::uint32_t>(open)), results[below(7)]);
  }

  // Checks the attempts that were started since the last look.
  void look() {
    const auto& open = rig_.deliverer.open();
    CHECK(open.size() <= 6);
    std::map<std::string, int> per_target;
    for (std::size_t i = 0; i < open.size(); ++i) {
      CHECK(++per_target[jobsched::callback_target(open[i].request.url)] <= 2);
      const std::string id = rig_.header(i, "webhook-id");
      const auto job = jobsched::parse_job_id(id.substr(0, 36));
      REQUIRE(job.has_value());
      const Instant fire_time{Millis{std::stoll(id.substr(37))}};
      CHECK(rig_.header(i, "Jobsched-Job-Id") == id.substr(0, 36));
      see(*job, fire_time,
          static_cast<std::uint32_t>(std::stoul(rig_.header(i, "Jobsched-Attempt"))));
    }
  }

  void see(const jobsched::JobId& job, Instant fire_time, std::uint32_t attempt) {
    auto [it, is_new] = seen_[job].try_emplace(fire_time);
    Seen& seen = it->second;
    if (!is_new && attempt == seen.attempt) return;
    CHECK(fire_time <= rig_.clock.now());
    if (is_new) {
      seen.first_by = latest_;
      CHECK(attempt == 1);
    } else {
      CHECK(attempt == seen.attempt + 1);
    }
    seen.attempt = attempt;
    CHECK(attempt <= 9);
  }

  void check_one_time(std::uint32_t n, Instant when) {
    CAPTURE(n);
    CHECK_FALSE(rig_.has_job(n));
    CHECK(seen_[job_id(n)].size() == 1);
    CHECK(seen_[job_id(n)].begin()->first == when);
  }

  // Every fire time was attempted, or had come and gone when a misfire was found.
  void check_recurring(std::uint32_t n, Instant first) {
    CAPTURE(n);
    Instant expected = first;
    for (const auto& [fire_time, seen] : seen_[job_id(n)]) {
      CHECK(fire_time == expected);
      expected = fire_time + kPeriod;
      const auto next = seen_[job_id(n)].upper_bound(fire_time);
      if (next == seen_[job_id(n)].end() || next->first == expected) continue;
      CHECK(seen.first_by - fire_time > 60s);
      CHECK(next->first - kPeriod <= seen.first_by);
      expected = next->first;
    }
    CHECK(expected > rig_.clock.now() - kPeriod);
  }

  std::mt19937_64 random_;
  SchedulerRig rig_;
  Instant latest_ = kStart;
  std::uint32_t last_job_ = 0;
  std::map<std::uint32_t, Instant> one_time_;
  std::map<std::uint32_t, Instant> recurring_;  // with the first fire time
  std::map<jobsched::JobId, std::map<Instant, Seen>> seen_;
};

}  // namespace

TEST_CASE("whatever happens, every fire time is attempted or covered by a misfire, none early") {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    CAPTURE(seed);
    Simulation simulation(seed);
    simulation.live(800);
    simulation.end_well();
    simulation.check_end();
  }
}
