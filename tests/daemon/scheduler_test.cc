#include "daemon/engine/scheduler.h"

#include <chrono>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

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

constexpr std::string_view kEveryTenMinutes = "0 0/10 * * * ?";

SchedulerSettings limits(std::size_t concurrency, std::size_t per_host) {
  SchedulerSettings settings;
  settings.concurrency = concurrency;
  settings.per_host = per_host;
  return settings;
}

AttemptResult timed_out() {
  return {Outcome::kTimedOut, 0, {}, false, "no complete answer within 30 s"};
}

}  // namespace

TEST_CASE("a job fires at its time and not a millisecond before") {
  SchedulerRig rig;
  rig.create(one_time_job(1, kStart + 10s));
  rig.settle();
  CHECK(rig.wake == kStart + 10s);
  rig.settle_at(kStart + 9'999ms);
  CHECK(rig.deliverer.started() == 0);
  CHECK(rig.wake == kStart + 10s);
  rig.settle_at(kStart + 10s);
  CHECK(rig.open() == "1");
}

TEST_CASE("each attempt is reported as it begins, with its time") {
  SchedulerRig rig;
  const Job job = one_time_job(1, kStart + 10s);
  rig.create(job);
  rig.settle_at(kStart + 12s);
  REQUIRE(rig.begun.size() == 1);
  CHECK(rig.begun[0] == std::pair{jobsched::Delivery{job.id, kStart + 10s, 1}, kStart + 12s});
  rig.finish(0, timed_out());
  rig.run_until(kStart + 30s);
  REQUIRE(rig.begun.size() == 2);
  CHECK(rig.begun[1].first == jobsched::Delivery{job.id, kStart + 10s, 2});
  CHECK(rig.begun[1].second > kStart + 12s);
}

TEST_CASE("an attempt is the callback of its job, with the timeouts of the settings") {
  SchedulerSettings settings;
  settings.connect_timeout = 7s;
  settings.timeout = 11s;
  SchedulerRig rig(settings);
  Job job = one_time_job(1, kStart);
  job.spec.data = "payload";
  job.spec.signature = "s";
  rig.create(job);
  rig.settle_at(kStart + 2s);
  REQUIRE(rig.deliverer.in_flight() == 1);
  const jobsched::AttemptRequest& request = rig.deliverer.open()[0].request;
  CHECK(request.method == "POST");
  CHECK(request.url == "http://a/1");
  CHECK(request.body == "payload");
  CHECK(request.connect_timeout == 7s);
  CHECK(request.timeout == 11s);
  CHECK(rig.header(0, "X-Content-Signature") == "s");
  CHECK(rig.header(0, "webhook-timestamp") == "1800000002");
  CHECK(rig.header(0, "Jobsched-Fire-Time") == "2027-01-15T08:00:00Z");
}

TEST_CASE("every attempt is signed anew with the secrets of its account") {
  const auto secret = [](char letter) {
    return *jobsched::SigningSecret::from_bytes(std::string(32, letter));
  };
  SchedulerRig rig;
  const auto rotate = [&](char letter) {
    rig.store.rotate_secret("default", secret(letter), rig.clock.now(), 1h,
                            [](const jobsched::Result<void>& result) { REQUIRE(result); });
    rig.settle();
  };
  const auto signature = [&](char letter) {
    return jobsched::sign(secret(letter), rig.header(0, "webhook-id"),
                          rig.header(0, "webhook-timestamp"), "payload");
  };
  Job job = one_time_job(1, kStart);
  job.spec.data = "payload";
  rig.create(job);
  rig.settle();
  CHECK(rig.header(0, "webhook-signature").empty());
  rotate('a');
  rig.finish(0, answered(503));
  rig.run_until(kStart + 10s);
  CHECK(rig.header(0, "webhook-timestamp") == "1800000005");
  CHECK(rig.header(0, "webhook-signature") == signature('a'));
  rotate('b');
  rig.finish(0, answered(503));
  rig.run_until(kStart + 60s);
  CHECK(rig.header(0, "webhook-timestamp") == "1800000040");
  CHECK(rig.header(0, "webhook-signature") == signature('b') + " " + signature('a'));
}

TEST_CASE("what is due is started in the order of time") {
  SchedulerRig rig(limits(1, 1));
  rig.create(one_time_job(3, kStart + 1s, "a"));
  rig.create(one_time_job(1, kStart + 3s, "b"));
  rig.create(one_time_job(2, kStart + 2s, "c"));
  std::string order;
  rig.settle_at(kStart + 5s);
  while (rig.deliverer.in_flight() > 0) {
    order += rig.open() + ' ';
    rig.finish(0, answered(200));
  }
  CHECK(order == "3 2 1 ");
}

TEST_CASE("a job that is stored while the scheduler rests wakes it in time") {
  SchedulerRig rig;
  rig.settle();
  CHECK_FALSE(rig.wake.has_value());
  rig.create(one_time_job(1, kStart + 1h));
  rig.settle();
  CHECK(rig.wake == kStart + 1h);
  rig.create(one_time_job(2, kStart + 5s));
  rig.settle();
  CHECK(rig.wake == kStart + 5s);
  rig.run_until(kStart + 5s);
  CHECK(rig.open() == "2");
}

TEST_CASE("only what is due before all that the scheduler knows of wakes it") {
  struct Row {
    Millis due;
    bool wakes;
  };

  SchedulerRig rig;
  rig.settle();
  const Row rows[] = {
      {1h, true},  {1h, false}, {2h, false}, {59min, true},
      {1h, false}, {5s, true},  {5s, false}, {4'999ms, true},
  };
  std::uint32_t n = 0;
  for (const auto& [due, wakes] : rows) {
    CAPTURE(due.count());
    rig.create(one_time_job(++n, kStart + due));
    CHECK(rig.woken() == wakes);
    rig.settle();
  }
  rig.run_until(kStart + 3h);
  CHECK(rig.begun.size() == std::size(rows));
}

TEST_CASE("a job stored while a claim is under way is not missed") {
  SchedulerRig rig;
  rig.scheduler->step(kStart);  // asks; the store has not answered yet
  rig.scheduler->notice(kStart + 5s);
  CHECK_FALSE(rig.woken());  // the answer will
  rig.settle();
  CHECK(rig.wake == kStart + 5s);
}

TEST_CASE("how a delivery goes on after its first attempt") {
  struct Row {
    std::string_view rule;
    AttemptResult result;
    std::optional<Millis> again;  // when the next attempt is made; absent: the job is gone
  };

  const Row rows[] = {
      {"200 ends it", answered(200), {}},
      {"204 too", answered(204), {}},
      {"410 ends it", answered(410), {}},
      {"no-retry ends it", {Outcome::kRejected, 500, {}, true, {}}, {}},
      {"blocked ends it", {Outcome::kBlocked, 0, {}, false, "the target is not allowed"}, {}},
      {"302 is a failure", answered(302), 5s},
      {"500", answered(500), 5s},
      {"timeout", timed_out(), 5s},
      {"unreachable", {Outcome::kUnreachable, 0, {}, false, "refused"}, 5s},
      {"Retry-After is a floor", {Outcome::kRejected, 503, Millis{90s}, false, {}}, 90s},
  };
  for (const Row& row : rows) {
    CAPTURE(row.rule);
    SchedulerRig rig;
    rig.create(one_time_job(1, kStart));
    rig.settle();
    rig.finish(0, row.result);
    CHECK(rig.deliverer.in_flight() == 0);
    CHECK(rig.has_job(1) == row.again.has_value());
    if (!row.again) {
      CHECK_FALSE(rig.wake.has_value());
      continue;
    }
    CHECK(rig.wake == kStart + *row.again);
    rig.run_until(kStart + *row.again - 1ms);
    CHECK(rig.deliverer.in_flight() == 0);
    rig.run_until(kStart + *row.again);
    REQUIRE(rig.deliverer.in_flight() == 1);
    CHECK(rig.header(0, "Jobsched-Attempt") == "2");
  }
}

TEST_CASE("every attempt that ends is reported") {
  SchedulerRig rig;
  rig.create(one_time_job(1, kStart));
  rig.settle();
  CHECK(rig.reported.empty());
  rig.finish(0, answered(500));
  rig.run_until(kStart + 5s);
  rig.finish(0, answered(200));
  CHECK(rig.reported == std::vector{Outcome::kRejected, Outcome::kAccepted});
}

TEST_CASE("attempts are repeated down the list of delays, with one webhook-id, then it is over") {
  SchedulerRig rig;
  rig.create(one_time_job(1, kStart));
  rig.settle();
  const std::string id = rig.header(0, "webhook-id");
  Instant expected = kStart;
  std::uint32_t attempt = 1;
  for (const Millis delay : jobsched::default_backoff().delays) {
    CHECK(rig.header(0, "Jobsched-Attempt") == std::to_string(attempt));
    rig.finish(0, answered(500));
    expected += delay;
    ++attempt;
    rig.run_until(expected);
    REQUIRE(rig.deliverer.in_flight() == 1);
    CHECK(rig.header(0, "webhook-id") == id);
  }
  CHECK(rig.header(0, "Jobsched-Attempt") == "9");
  CHECK(rig.has_job(1));
  rig.finish(0, answered(500));
  CHECK_FALSE(rig.has_job(1));
  CHECK_FALSE(rig.wake.has_value());
}

TEST_CASE("a job's own method, headers and timeout go before the settings") {
  SchedulerSettings settings;
  settings.connect_timeout = 7s;
  settings.timeout = 11s;

  struct Row {
    std::chrono::seconds timeout;
    Millis connect_timeout;
  };

  for (const Row& row : {Row{300s, 7s}, Row{7s, 7s}, Row{2s, 2s}}) {
    SchedulerRig rig(settings);
    Job job = one_time_job(1, kStart);
    job.spec.method = jobsched::Method::kPut;
    job.spec.headers = {{"X-A", "1"}};
    job.spec.timeout = row.timeout;
    rig.create(job);
    rig.settle();
    REQUIRE(rig.deliverer.in_flight() == 1);
    const jobsched::AttemptRequest& request = rig.deliverer.open()[0].request;
    CHECK(request.method == "PUT");
    CHECK(rig.header(0, "X-A") == "1");
    CHECK((request.timeout == row.timeout));
    CHECK((request.connect_timeout == row.connect_timeout));
  }
}

TEST_CASE("a job's own attempts and backoff take the place of the settings") {
  SchedulerRig rig;
  Job job = one_time_job(1, kStart);
  job.spec.retry = jobsched::Retry{4, {{10s, 20s}}};
  rig.create(job);
  rig.settle();
  Instant expected = kStart;
  for (const Millis delay : {10s, 20s, 20s}) {
    rig.finish(0, answered(500));
    rig.run_until(expected + delay - 1ms);
    CHECK(rig.deliverer.in_flight() == 0);
    expected += delay;
    rig.run_until(expected);
    REQUIRE(rig.deliverer.in_flight() == 1);
  }
  CHECK(rig.header(0, "Jobsched-Attempt") == "4");
  rig.finish(0, answered(500));
  CHECK_FALSE(rig.has_job(1));
}

TEST_CASE("a recurring job fires at each fire time, which follow from each other, not from now") {
  SchedulerRig rig;
  rig.create(recurring_job(1, kEveryTenMinutes, kStart));
  for (int n = 1; n <= 3; ++n) {
    rig.run_until(kStart + n * 10min);
    REQUIRE(rig.deliverer.in_flight() == 1);
    CHECK(rig.header(0, "webhook-id").ends_with(std::to_string(1'800'000'000'000 + n * 600'000)));
    rig.run_until(kStart + n * 10min + 20s);
    rig.finish(0, answered(200));
    CHECK(rig.wake == kStart + (n + 1) * 10min);
  }
}

TEST_CASE("the retries of a recurring job stop when its next fire time comes") {
  SchedulerRig rig;
  rig.create(recurring_job(1, kEveryTenMinutes, kStart));
  rig.run_until(kStart + 10min);
  const std::string first = rig.header(0, "webhook-id");
  rig.run_until(kStart + 19min + 58s);
  rig.finish(0, answered(500));  // the retry would come at 20 min 3 s
  CHECK(rig.wake == kStart + 20min);
  rig.run_until(kStart + 20min);
  REQUIRE(rig.deliverer.in_flight() == 1);
  CHECK(rig.header(0, "webhook-id") != first);
  CHECK(rig.header(0, "Jobsched-Attempt") == "1");
}

TEST_CASE("a job has one delivery at a time; a fire time that passed meanwhile fires right after") {
  SchedulerRig rig;
  rig.create(recurring_job(1, kEveryTenMinutes, kStart));
  rig.run_until(kStart + 10min);
  rig.run_until(kStart + 20min + 5s);
  CHECK(rig.deliverer.started() == 1);
  rig.finish(0, answered(200));
  REQUIRE(rig.deliverer.in_flight() == 1);
  CHECK(rig.header(0, "Jobsched-Fire-Time") == "2027-01-15T08:20:00Z");
}

TEST_CASE("a recurring job found late fires once for all it missed and goes on") {
  SchedulerRig rig;
  rig.create(recurring_job(1, kEveryTenMinutes, kStart));
  rig.settle_at(kStart + 65min);
  REQUIRE(rig.deliverer.in_flight() == 1);
  CHECK(rig.header(0, "Jobsched-Fire-Time") == "2027-01-15T08:10:00Z");
  rig.finish(0, answered(200));
  CHECK(rig.deliverer.started() == 1);
  CHECK(rig.wake == kStart + 70min);
}

TEST_CASE("in flight are at most `concurrency` attempts, and a free place is taken at once") {
  SchedulerRig rig(limits(3, 3));
  for (std::uint32_t n = 1; n <= 10; ++n)
    rig.create(one_time_job(n, kStart));
  rig.settle();
  for (std::size_t left = 10; left > 0; --left) {
    CAPTURE(left);
    CHECK(rig.scheduler->in_flight() == std::min<std::size_t>(left, 3));
    rig.finish(0, answered(200));
  }
  CHECK(rig.deliverer.started() == 10);
}

TEST_CASE("in flight to one host are at most `per_host`, however its URLs are written") {
  SchedulerRig rig(limits(8, 2));
  rig.create(one_time_job(1, kStart, "a"));
  rig.create(one_time_job(2, kStart, "A:80"));
  rig.create(one_time_job(3, kStart, "a:80"));
  rig.create(one_time_job(4, kStart, "a:81"));
  rig.settle();
  CHECK(rig.open() == "1 4 2");  // hosts take turns
  rig.finish(1, answered(200));
  CHECK(rig.open() == "1 2");
  rig.finish(0, answered(200));
  CHECK(rig.open() == "2 3");
}

TEST_CASE("more places are used at once, and fewer end nothing") {
  struct Row {
    std::size_t concurrency;
    std::size_t per_host;
    std::string_view open;
  };

  const Row rows[] = {
      {8, 1, "1"},       {8, 3, "1 2 3"},   {3, 8, "1 2 3"},
      {4, 8, "1 2 3 4"}, {4, 2, "1 2 3 4"}, {1, 1, "1 2 3 4"},
  };
  SchedulerRig rig(limits(1, 1));
  for (std::uint32_t n = 1; n <= 6; ++n)
    rig.create(one_time_job(n, kStart));
  rig.settle();
  for (const Row& row : rows) {
    CAPTURE(row.concurrency);
    CAPTURE(row.per_host);
    rig.scheduler->set(limits(row.concurrency, row.per_host));
    rig.settle();
    CHECK(rig.open() == row.open);
  }
  for (const std::string_view open : {"2 3 4", "3 4", "4", "5", "6", ""}) {
    rig.finish(0, answered(200));
    CHECK(rig.open() == open);
  }
}

TEST_CASE("other timeouts are for attempts that start, another backoff for attempts that end") {
  SchedulerRig rig(limits(8, 1));
  rig.create(one_time_job(1, kStart));
  rig.create(one_time_job(2, kStart));
  rig.settle();
  SchedulerSettings settings = limits(8, 1);
  settings.connect_timeout = 2s;
  settings.timeout = 7s;
  settings.backoff.delays = {1h};
  rig.scheduler->set(settings);
  CHECK(rig.deliverer.open().at(0).request.timeout == 30s);
  rig.finish(0, answered(503));
  REQUIRE(rig.open() == "2");
  CHECK(rig.deliverer.open().at(0).request.connect_timeout == 2s);
  CHECK(rig.deliverer.open().at(0).request.timeout == 7s);
  rig.finish(0, answered(200));
  CHECK(rig.wake == kStart + 1h);
}

TEST_CASE("a later fire time is a misfire by the threshold that holds then") {
  for (const auto threshold : {60s, 0s}) {
    SchedulerRig rig;
    Job job = one_time_job(1, kStart + 1s);
    job.spec.misfire = jobsched::Misfire::kSkip;
    rig.create(job);
    rig.settle();
    SchedulerSettings settings;
    settings.misfire_threshold = threshold;
    rig.scheduler->set(settings);
    rig.settle_at(kStart + 2s);
    CHECK(rig.skipped.size() == (threshold == 0s ? 1 : 0));
  }
}

// Its attempt could end when its lease had ended, and another instance repeat it.
TEST_CASE("what waits is claimed anew for a longer timeout") {
  SchedulerRig rig(limits(4, 1));
  for (std::uint32_t n = 1; n <= 3; ++n)
    rig.create(one_time_job(n, kStart));
  rig.settle();
  const std::size_t asked = rig.store.claims_asked();
  SchedulerSettings settings = limits(4, 1);
  settings.timeout = 10s;
  rig.scheduler->set(settings);
  rig.settle();
  CHECK(rig.store.records_asked() == 0);
  CHECK(rig.store.claims_asked() == asked);
  settings.timeout = 5min;
  rig.scheduler->set(settings);
  rig.settle();
  CHECK(rig.store.records_asked() == 1);  // 2 and 3 are handed back
  CHECK(rig.store.claims_asked() > asked);
  rig.finish(0, answered(200));
  REQUIRE(rig.open() == "2");
  CHECK(rig.header(0, "Jobsched-Attempt") == "1");
  CHECK(rig.deliverer.open().at(0).request.timeout == 5min);
}

TEST_CASE("a host that hangs with more than can be held does not hold up others") {
  SchedulerRig rig(limits(16, 2));
  for (std::uint32_t n = 0; n < 400; ++n)
    rig.create(one_time_job(n, kStart, "hung"));
  rig.create(one_time_job(1'000, kStart + 1ms, "b"));
  rig.run_until(kStart + 2s);
  CHECK(rig.open() == "0 1 1000");
  rig.finish(2, answered(200));

  // While the host hangs, a job for another one is at most a moment late.
  for (std::uint32_t n = 1; n <= 20; ++n) {
    const Instant due = rig.clock.now() + 1s;
    rig.create(one_time_job(1'000 + n, due, "b"));
    rig.run_until(due + 100ms);
    REQUIRE(rig.deliverer.in_flight() == 3);
    CHECK(rig.header(2, "Jobsched-Job-Id") == jobsched::format_job_id(job_id(1'000 + n)));
    rig.finish(2, answered(200));
  }
}

TEST_CASE("what a hung host made wait is delivered once it answers, each once") {
  SchedulerRig rig(limits(16, 2));
  for (std::uint32_t n = 0; n < 200; ++n)
    rig.create(one_time_job(n, kStart, "a"));
  rig.run_until(kStart + 20s);
  CHECK(rig.deliverer.started() == 2);
  const Instant deadline = rig.clock.now() + 3min;
  while (rig.clock.now() < deadline && rig.store.counts()->jobs > 0) {
    while (rig.deliverer.in_flight() > 0)
      rig.finish(0, answered(200));
    if (rig.wake) rig.settle_at(*rig.wake);
  }
  CHECK(rig.store.counts()->jobs == 0);
  CHECK(rig.deliverer.started() == 200);
}

TEST_CASE("a claim that waits for its host is handed back long before its lease ends") {
  SchedulerRig rig(limits(4, 1));
  rig.create(one_time_job(1, kStart));
  rig.create(one_time_job(2, kStart));
  rig.run_until(kStart + 60s);
  CHECK(rig.store.records_asked() == 0);
  rig.run_until(kStart + 70s);
  CHECK(rig.store.records_asked() == 1);
  rig.run_until(kStart + 10min);  // attempt 1 does not end: 2 comes and goes
  CHECK(rig.open() == "1");
  rig.finish(0, answered(200));
  rig.run_until(rig.clock.now() + 61s);
  REQUIRE(rig.open() == "2");
  CHECK(rig.header(0, "Jobsched-Attempt") == "1");
}

TEST_CASE("a claim that fails is asked for again after a pause, and nothing is posted meanwhile") {
  for (const ErrorKind kind :
       {ErrorKind::kUnavailable, ErrorKind::kStoreFull, ErrorKind::kInternal}) {
    SchedulerRig rig;
    rig.store.fail_claims(3, kind);
    rig.create(one_time_job(1, kStart));
    rig.settle();
    for (std::size_t failed = 1; failed <= 3; ++failed) {
      CHECK(rig.store.claims_asked() == failed);
      CHECK(rig.deliverer.started() == 0);
      CHECK(rig.wake >= rig.clock.now() + 1s);
      rig.settle_at(*rig.wake);
    }
    CHECK(rig.open() == "1");
  }
}

TEST_CASE("an outcome that cannot be recorded is recorded later, and its attempt not repeated") {
  for (const ErrorKind kind :
       {ErrorKind::kUnavailable, ErrorKind::kStoreFull, ErrorKind::kInternal}) {
    SchedulerRig rig;
    rig.create(one_time_job(1, kStart));
    rig.settle();
    rig.store.fail_records(3, kind);
    rig.finish(0, answered(200));
    for (std::size_t failed = 1; failed <= 3; ++failed) {
      CHECK(rig.store.records_asked() == failed);
      CHECK(rig.has_job(1));
      CHECK(rig.wake >= rig.clock.now() + 1s);
      rig.settle_at(*rig.wake);
    }
    CHECK_FALSE(rig.has_job(1));
    CHECK(rig.deliverer.started() == 1);
  }
}

TEST_CASE("while outcomes cannot be recorded, what is held in memory is bounded") {
  SchedulerRig rig(limits(4, 4));
  for (std::uint32_t n = 0; n < 100; ++n)
    rig.create(one_time_job(n, kStart));
  rig.settle();
  rig.store.fail_records(1'000, ErrorKind::kStoreFull);
  for (int i = 0; i < 100 && rig.deliverer.in_flight() > 0; ++i)
    rig.finish(0, answered(200));
  CHECK(rig.deliverer.started() == 8);
  rig.store.fail_records(0, ErrorKind::kStoreFull);
  rig.run_until(rig.clock.now() + 1s);
  while (rig.deliverer.in_flight() > 0)
    rig.finish(0, answered(200));
  CHECK(rig.deliverer.started() == 100);
  CHECK(rig.store.counts()->jobs == 0);
}

TEST_CASE("draining hands back what waits, lets what runs end, and claims nothing more") {
  SchedulerRig rig(limits(8, 1));
  rig.create(one_time_job(1, kStart));
  rig.create(one_time_job(2, kStart));
  rig.settle();
  CHECK_FALSE(rig.scheduler->idle());
  rig.scheduler->drain();
  rig.settle();
  rig.create(one_time_job(3, kStart));
  rig.settle();
  CHECK(rig.open() == "1");
  CHECK_FALSE(rig.scheduler->idle());
  rig.finish(0, answered(200));
  CHECK(rig.scheduler->idle());
  CHECK(rig.deliverer.started() == 1);

  // Nothing that was handed back waits for the end of a lease.
  rig.restart();
  rig.settle();
  CHECK(rig.open() == "2");
  CHECK(rig.header(0, "Jobsched-Attempt") == "1");
}

TEST_CASE("a claim that is answered after draining began is handed back") {
  SchedulerRig rig;
  rig.create(one_time_job(1, kStart));
  rig.scheduler->step(kStart);
  rig.scheduler->drain();
  rig.settle();
  CHECK(rig.deliverer.started() == 0);
  CHECK(rig.scheduler->idle());
  CHECK(rig.store.counts()->next_due == kStart);
}

TEST_CASE("an attempt that is interrupted does not count") {
  SchedulerRig rig;
  rig.create(one_time_job(1, kStart));
  rig.settle();
  rig.scheduler->drain();
  rig.deliverer.interrupt_all();
  rig.settle();
  CHECK(rig.scheduler->idle());
  rig.restart();
  rig.settle_at(kStart + 1s);
  REQUIRE(rig.open() == "1");
  CHECK(rig.header(0, "Jobsched-Attempt") == "1");
}

TEST_CASE("draining ends only when the outcomes are recorded") {
  SchedulerRig rig;
  rig.create(one_time_job(1, kStart));
  rig.settle();
  rig.scheduler->drain();
  rig.store.fail_records(1, ErrorKind::kUnavailable);
  rig.finish(0, answered(200));
  CHECK_FALSE(rig.scheduler->idle());
  rig.settle_at(kStart + 1s);
  CHECK(rig.scheduler->idle());
}

TEST_CASE("an idle scheduler that was not told to drain is not done") {
  SchedulerRig rig;
  rig.settle();
  CHECK_FALSE(rig.scheduler->idle());
  rig.scheduler->drain();
  CHECK(rig.scheduler->idle());
}

TEST_CASE("a clock that is set back fires nothing early") {
  SchedulerRig rig;
  rig.create(one_time_job(1, kStart + 1h));
  rig.settle_at(kStart + 30min);
  rig.settle_at(kStart - 10h);
  CHECK(rig.wake == kStart + 1h);
  rig.run_until(kStart + 1h - 1ms);
  CHECK(rig.deliverer.started() == 0);
  rig.run_until(kStart + 1h);
  CHECK(rig.open() == "1");
}

TEST_CASE("a clock that is set back between claim and start puts the delivery off to its time") {
  SchedulerRig rig;
  rig.create(one_time_job(1, kStart));
  rig.scheduler->step(kStart);
  rig.store.commit_group();
  rig.settle_at(kStart - 1h);
  CHECK(rig.deliverer.started() == 0);
  CHECK(rig.wake == kStart);
  rig.run_until(kStart);
  REQUIRE(rig.open() == "1");
  CHECK(rig.header(0, "Jobsched-Attempt") == "1");
}

TEST_CASE("a clock that is set back puts off what waits for a place, too") {
  SchedulerRig rig(limits(8, 1));
  rig.create(one_time_job(1, kStart - 2h));
  rig.create(one_time_job(2, kStart - 2h));
  rig.create(one_time_job(3, kStart));
  rig.settle();
  rig.clock.set(kStart - 1h);
  rig.finish(0, answered(200));
  CHECK(rig.open() == "2");
  rig.finish(0, answered(200));
  CHECK(rig.deliverer.in_flight() == 0);
  CHECK(rig.wake == kStart);
  rig.run_until(kStart);
  CHECK(rig.open() == "3");
}

TEST_CASE("a clock that is set back does not prolong a pause") {
  SchedulerRig rig;
  rig.store.fail_claims(1, ErrorKind::kUnavailable);
  rig.create(one_time_job(1, kStart - 2h));
  rig.settle();
  rig.settle_at(kStart - 1h);
  rig.run_until(kStart - 1h + 1s);
  CHECK(rig.open() == "1");
}

TEST_CASE("a clock that is set forward fires what became due") {
  SchedulerRig rig;
  rig.create(one_time_job(1, kStart + 1h));
  rig.settle();
  rig.settle_at(kStart + 240h);
  CHECK(rig.open() == "1");
}

TEST_CASE("a lease that another instance let end is taken over, with the same attempt") {
  SchedulerRig rig;
  rig.create(one_time_job(1, kStart));
  std::size_t claimed = 0;
  rig.store.claim_due(kStart, 10, 60s, {77, 5min},
                      [&](const auto& claims) { claimed = claims->claims.size(); });
  rig.settle();
  REQUIRE(claimed == 1);
  CHECK(rig.deliverer.started() == 0);
  CHECK(rig.wake == kStart + 5min);
  rig.run_until(kStart + 5min);
  REQUIRE(rig.open() == "1");
  CHECK(rig.header(0, "Jobsched-Attempt") == "1");
}

TEST_CASE("answers that come after the scheduler has gone are dropped") {
  SchedulerRig rig;
  rig.create(one_time_job(1, kStart));
  rig.settle();
  rig.create(one_time_job(2, kStart));
  rig.scheduler->step(kStart);  // a claim is under way, and an attempt
  rig.scheduler.reset();
  CHECK(rig.store.commit_group());
  rig.deliverer.interrupt_all();
  rig.restart();
  rig.settle();
  CHECK(rig.deliverer.in_flight() == 2);
}

TEST_CASE("stepping more often than asked changes nothing") {
  SchedulerRig rig(limits(2, 1));
  for (std::uint32_t n = 1; n <= 4; ++n)
    rig.create(one_time_job(n, kStart + n * 1s));
  rig.settle_at(kStart + 2s);
  const std::size_t asked = rig.store.claims_asked();
  for (int i = 0; i < 100; ++i)
    rig.settle();
  CHECK(rig.store.claims_asked() == asked);
  CHECK(rig.deliverer.started() == 1);
}

TEST_CASE("a job that is resumed under its delivery fires at its next fire time") {
  SchedulerRig rig;
  rig.create(recurring_job(1, kEveryTenMinutes, kStart));
  const auto ignore = [](const auto& result) { REQUIRE(result.has_value()); };
  rig.store.pause("default", job_id(1), ignore);
  rig.store.fire_now("default", job_id(1), kStart + 1ms, ignore);
  rig.store.commit_group();
  rig.scheduler->notice(kStart + 1ms);
  rig.settle_at(kStart + 1ms);
  REQUIRE(rig.open() == "1");
  Instant next;
  rig.store.resume("default", job_id(1), kStart + 2ms, [&](const auto& job) { next = *job->next; });
  rig.store.commit_group();
  rig.scheduler->notice(next);
  // What is due next is asked for before the delivery ends, while it hides the job.
  rig.create(one_time_job(2, kStart + 3ms));
  rig.settle_at(kStart + 3ms);
  REQUIRE(rig.open() == "1 2");
  rig.finish(1, answered(200));
  rig.finish(0, answered(200));
  CHECK(rig.open().empty());
  rig.run_until(next);
  CHECK(rig.open() == "1");
}
