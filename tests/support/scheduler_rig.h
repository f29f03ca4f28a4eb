#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "core/cron/expression.h"
#include "daemon/engine/scheduler.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_deliverer.h"
#include "tests/support/flaky_store.h"
#include "tests/support/memory_store.h"

namespace jobsched::testing {

constexpr Instant kStart{Millis{1'800'000'000'000}};  // 2027-01-15T08:00:00Z

// The id of the job number `n`, in order of `n`.
inline JobId job_id(std::uint32_t n) {
  JobId id;
  for (std::size_t i = 0; i < 4; ++i)
    id.bytes[i] = static_cast<std::uint8_t>(n >> (24 - 8 * i));
  return id;
}

inline Job one_time_job(std::uint32_t n, Instant when, std::string_view host = "a") {
  const std::string url = "http://" + std::string(host) + "/" + std::to_string(n);
  return {job_id(n), "default", {url, {}, {}, {}, Once{when}}, when};
}

inline Job recurring_job(std::uint32_t n, std::string_view cron, Instant after) {
  const auto expression = cron::Expression::parse(cron);
  REQUIRE(expression.has_value());
  const std::string url = "http://a/" + std::to_string(n);
  return {job_id(n), "default", {url, {}, {}, {}, Recurring{*expression}}, expression->next(after)};
}

inline AttemptResult answered(int status) {
  const Outcome outcome = status / 100 == 2 ? Outcome::kAccepted : Outcome::kRejected;
  return {outcome, status, {}, false, {}};
}

// A scheduler with time, store and network in the hands of the test. `reopen` gives the store after
// each (re)start; without it there is a MemoryStore.
class SchedulerRig {
 public:
  explicit SchedulerRig(SchedulerSettings settings = {}, std::function<Store&()> reopen = {})
      : settings_(std::move(settings)), reopen_(std::move(reopen)) {
    restart();
  }

  // Stores a job and lets the scheduler know.
  void create(const Job& job) {
    store.create(job, [](const auto& result) { REQUIRE(result.has_value()); });
    while (store.commit_group()) {
    }
    if (job.next) scheduler->notice(*job.next);
  }

  // Whether the scheduler has asked to be stepped since it came to rest.
  bool woken() const { return woken_; }

  // Steps and commits until nothing is left to do at this time.
  void settle() {
    for (int round = 0; round < 1'000; ++round) {
      woken_ = false;
      wake = scheduler->step(clock.now());
      const bool committed = store.commit_group();
      if (!committed && !woken_) {
        const bool waits = !wake || *wake > clock.now();
        CHECK_MESSAGE(waits, "the scheduler asks to be stepped again at once");
        return;
      }
    }
    FAIL("the scheduler does not come to rest");
  }

  void settle_at(Instant now) {
    clock.set(now);
    settle();
  }

  // Lets time pass, stepping whenever the scheduler asks for it, as the event loop does.
  void run_until(Instant end) {
    settle();
    while (wake && *wake <= end)
      settle_at(*wake);
    settle_at(end);
  }

  void finish(std::size_t index, AttemptResult result) {
    deliverer.finish(index, std::move(result));
    settle();
  }

  // The ends of the URLs of the attempts under way: "1 2".
  std::string open() const {
    std::string text;
    for (const auto& attempt : deliverer.open()) {
      const std::string& url = attempt.request.url;
      text += (text.empty() ? "" : " ") + url.substr(url.rfind('/') + 1);
    }
    return text;
  }

  // A header of an attempt under way.
  std::string header(std::size_t index, std::string_view name) const {
    for (const auto& [key, value] : deliverer.open().at(index).request.headers) {
      if (key == name) return value;
    }
    return {};
  }

  bool has_job(std::uint32_t n) const { return store.find("default", job_id(n))->has_value(); }

  // What a crash and a new start do to the engine: it is gone with its connections, and another
  // one begins on the same store.
  void restart() {
    scheduler.reset();
    deliverer = FakeDeliverer{};
    memory.crash();
    if (reopen_) store.stand_before(reopen_());
    scheduler.emplace(
        settings_, ++instance_, store, deliverer, [] { return 0.5; }, [this] { woken_ = true; },
        SchedulerWatch{
            [this](const AttemptReport& report) {
              reported.push_back(report.result.outcome);
              if (on_report) on_report(report);
            },
            [this](const Skipped& one) { skipped.push_back(one); },
            [this](const SetBackReport& report) { set_backs.push_back(report); },
            [this](const Delivery& delivery, Instant now) { begun.emplace_back(delivery, now); }});
    if (const auto latest = *store.last_claim()) scheduler->resume(*latest);
  }

  FakeClock clock{kStart};
  MemoryStore memory;
  FlakyStore store{memory};
  FakeDeliverer deliverer;
  std::optional<Scheduler> scheduler;
  std::vector<std::pair<Delivery, Instant>> begun;      // attempts, and when
  std::vector<Outcome> reported;                        // of the attempts that ended
  std::function<void(const AttemptReport&)> on_report;  // may be empty
  std::vector<Skipped> skipped;
  std::vector<SetBackReport> set_backs;
  std::optional<Instant> wake;  // what the last step answered

 private:
  SchedulerSettings settings_;
  std::function<Store&()> reopen_;
  std::uint64_t instance_ = 0;
  bool woken_ = false;
};

}  // namespace jobsched::testing
