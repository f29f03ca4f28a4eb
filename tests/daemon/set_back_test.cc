#include <chrono>
#include <string>

#include <doctest/doctest.h>

#include "tests/support/scheduler_rig.h"

using namespace std::chrono_literals;
using namespace jobsched::testing;
using jobsched::ErrorKind;

namespace {

constexpr auto kTenMinutely = "0 0/10 * * * ?";  // kStart is one of its fire times

// A rig whose recurring job 1 has fired at kStart + `until`.
void fire_until(SchedulerRig& rig, std::chrono::minutes until) {
  rig.create(recurring_job(1, kTenMinutely, kStart - 1ms));
  rig.settle_at(kStart + until);
  rig.finish(0, answered(200));
}

}  // namespace

TEST_CASE("a clock that was set back by an hour does not silence a ten-minutely job") {
  SchedulerRig rig;
  fire_until(rig, 60min);
  rig.run_until(kStart + 65min);
  rig.settle_at(kStart + 5min);
  CHECK(rig.deliverer.in_flight() == 0);
  REQUIRE(rig.set_backs.size() == 1);
  CHECK(rig.set_backs[0].before == kStart + 65min);
  CHECK(rig.set_backs[0].now == kStart + 5min);
  CHECK(rig.set_backs[0].jobs == 1);
  rig.run_until(kStart + 10min);
  REQUIRE(rig.open() == "1");
  const std::string id = rig.header(0, "webhook-id");
  CHECK(id.ends_with("_" + std::to_string((kStart + 10min).time_since_epoch().count()) + "_1"));
}

TEST_CASE("a clock that is corrected by less than a minute changes nothing") {
  SchedulerRig rig;
  fire_until(rig, 0min);
  rig.settle_at(kStart - 59s);
  CHECK(rig.store.rearmings_asked() == 0);
  CHECK(rig.wake == kStart + 10min);
}

TEST_CASE("a one-time job that has fired does not fire again, however far the clock is set back") {
  SchedulerRig rig;
  rig.create(one_time_job(1, kStart));
  rig.settle();
  rig.finish(0, answered(200));
  rig.settle_at(kStart - 240h);
  rig.run_until(kStart + 1h);
  CHECK(rig.deliverer.started() == 1);
}

TEST_CASE("a clock that was far ahead by mistake does not silence jobs for as long") {
  SchedulerRig rig;
  rig.create(recurring_job(1, kTenMinutely, kStart));
  rig.settle();
  rig.settle_at(kStart + 24h * 365);
  rig.finish(0, answered(200));
  rig.settle_at(kStart + 1min);
  CHECK(rig.wake == kStart + 10min);
}

TEST_CASE("a clock that was put right while no daemon ran is noticed at the start") {
  SchedulerRig rig;
  fire_until(rig, 24h * 365);
  rig.clock.set(kStart + 1min);
  rig.restart();
  rig.settle();
  CHECK(rig.set_backs.size() == 1);
  CHECK(rig.wake == kStart + 10min);
}

TEST_CASE("re-arming is repeated after a pause for as long as the store fails") {
  SchedulerRig rig;
  fire_until(rig, 24h);
  rig.store.fail_rearmings(2, ErrorKind::kUnavailable);
  rig.settle_at(kStart + 1min);
  CHECK(rig.set_backs.empty());
  rig.run_until(kStart + 1min + 2s);
  CHECK(rig.store.rearmings_asked() == 3);
  CHECK(rig.set_backs.size() == 1);
  CHECK(rig.wake == kStart + 10min);
}

TEST_CASE("a clock that is set back again while jobs are re-armed is followed to the end") {
  SchedulerRig rig;
  fire_until(rig, 48h);
  rig.store.fail_rearmings(1, ErrorKind::kUnavailable);
  rig.settle_at(kStart + 24h);
  rig.settle_at(kStart + 1min);
  rig.run_until(kStart + 1min + 2s);
  CHECK(rig.set_backs.size() == 2);
  CHECK(rig.wake == kStart + 10min);
}

TEST_CASE("a misfire that is skipped is told of and nothing is posted") {
  SchedulerRig rig;
  jobsched::Job job = recurring_job(1, kTenMinutely, kStart);
  job.spec.misfire = jobsched::Misfire::kSkip;
  rig.create(job);
  rig.settle_at(kStart + 12min);
  CHECK(rig.deliverer.started() == 0);
  REQUIRE(rig.skipped.size() == 1);
  CHECK(rig.skipped[0].fire_time == kStart + 10min);
  rig.run_until(kStart + 20min);
  CHECK(rig.open() == "1");
}

TEST_CASE("many skipped misfires are gone through without a pause") {
  SchedulerRig rig;
  for (std::uint32_t n = 1; n <= 3'000; ++n) {
    jobsched::Job job = one_time_job(n, kStart);
    job.spec.misfire = jobsched::Misfire::kSkip;
    rig.create(job);
  }
  rig.create(one_time_job(4'000, kStart + 1s));
  rig.settle_at(kStart + 2min);
  CHECK(rig.skipped.size() == 3'000);
  CHECK(rig.open() == "4000");
}
