#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "tests/daemon/store_conformance.h"
#include "tests/support/store_driver.h"

namespace jobsched::testing {

namespace {

// Every ten minutes; kStart is one of its fire times.
constexpr std::string_view kTenMinutely = "0 0/10 * * * ?";
constexpr std::int64_t kTenMinutes = 600'000;
constexpr std::int64_t kDay = 86'400'000;

// The whole of a re-arming; its steps are added up.
Rearmed rearm(Store& store, Instant before, Instant now) {
  Rearmed all;
  Rearming rearming{before, now, {}};
  do {
    const auto step = outcome<Rearmed>(
        store, [&](Done<Rearmed> done) { store.rearm(rearming, std::move(done)); });
    REQUIRE(step);
    all.jobs += step->jobs;
    all.next_due = earlier(all.next_due, step->next_due);
    rearming.after = step->rest_after;
  } while (rearming.after);
  return all;
}

Job skipping(Job job) {
  job.spec.misfire = Misfire::kSkip;
  return job;
}

void a_misfire_rule_is_kept(Store& store) {
  StoreDriver driver(store);
  const Job job = skipping(sample_once(1, at(0)));
  REQUIRE(driver.create(job));
  check_same(*driver.find("default", job.id), job);
  JobSpec fires = job.spec;
  fires.misfire = Misfire::kFire;
  REQUIRE(driver.replace("default", job.id, fires, at(0)));
  check_same(*driver.find("default", job.id), {job.id, "default", fires, at(0)});
}

void a_skipped_misfire_is_told_of_and_its_job_goes_on(Store& store) {
  StoreDriver driver(store);
  REQUIRE(driver.create(skipping(sample_cron(1, kTenMinutely, at(-1)))));
  const Claims claims = driver.claim(at(3 * kTenMinutes + 60'001));
  CHECK(claims.claims.empty());
  REQUIRE(claims.skipped.size() == 1);
  CHECK(claims.skipped[0].job == sample_id(1));
  CHECK(claims.skipped[0].fire_time == at(0));
  CHECK(claims.next_due == at(4 * kTenMinutes));
  CHECK(driver.claim(at(4 * kTenMinutes)).claims.size() == 1);
}

void a_one_time_job_that_is_skipped_is_gone(Store& store) {
  StoreDriver driver(store);
  REQUIRE(driver.create(skipping(sample_once(1, at(0)))));
  REQUIRE(driver.create(skipping(sample_once(2, at(0)))));
  CHECK(driver.claim(at(60'001)).skipped.size() == 2);
  CHECK_FALSE(driver.find("default", sample_id(1)));
  CHECK(driver.counts().jobs == 0);
  CHECK(driver.ids("default").empty());
}

void what_is_found_in_time_is_not_skipped(Store& store) {
  StoreDriver driver(store);
  REQUIRE(driver.create(skipping(sample_once(1, at(0)))));
  const Claims claims = driver.claim(at(60'000));
  CHECK(claims.claims.size() == 1);
  CHECK(claims.skipped.empty());
}

void the_last_claim_is_known(Store& store) {
  StoreDriver driver(store);
  CHECK(store.last_claim().value() == std::nullopt);
  REQUIRE(driver.create(sample_once(1, at(0))));
  REQUIRE(driver.create(sample_once(2, at(kDay))));
  driver.claim(at(0));
  CHECK(store.last_claim().value() == at(0));
  driver.claim(at(kDay));
  CHECK(store.last_claim().value() == at(kDay));
  REQUIRE(driver.create(sample_once(3, at(0))));
  driver.claim(at(1));
  CHECK(store.last_claim().value() == at(kDay));
  rearm(store, at(kDay), at(2));
  CHECK(store.last_claim().value() == at(2));
}

void a_job_that_fired_by_a_wrong_clock_fires_again_in_a_new_epoch(Store& store) {
  StoreDriver driver(store);
  REQUIRE(driver.create(sample_cron(1, kTenMinutely, at(-1))));
  const Claim wrong = driver.claim(at(kDay)).claims.at(0);
  driver.record(wrong, Accepted{});
  const Rearmed done = rearm(store, at(kDay), at(-1));
  CHECK(done.jobs == 1);
  CHECK(done.next_due == at(0));
  const Claim claim = driver.claim(at(0)).claims.at(0);
  CHECK(claim.delivery == Delivery{sample_id(1), at(0), 1, 1});
  CHECK(claim.job.next == at(kTenMinutes));
  driver.record(claim, RetryAt{at(1'000), 2});
  const Claim retry = driver.claim(at(1'000)).claims.at(0);
  CHECK(retry.delivery == Delivery{sample_id(1), at(0), 2, 1});
}

void a_replaced_job_may_fire_again_at_a_time_in_a_new_epoch(Store& store) {
  struct Row {
    std::string_view rule;
    std::int64_t next;
    std::uint32_t epoch;
  };

  StoreDriver driver(store);
  const Job job = sample_cron(1, kTenMinutely, at(-1));
  REQUIRE(driver.create(job));
  driver.record(driver.claim(at(0)).claims.at(0), Accepted{});
  for (const Row& row : {Row{"later than it has fired", 1, 0}, Row{"when it has fired", 1, 1},
                         Row{"before that", 0, 2}, Row{"later", 2, 2}}) {
    CAPTURE(row.rule);
    REQUIRE(driver.replace("default", job.id, job.spec, at(row.next)));
    const Claim claim = driver.claim(at(row.next)).claims.at(0);
    CHECK(claim.delivery == Delivery{job.id, at(row.next), 1, row.epoch});
    driver.record(claim, Accepted{});
  }
}

void a_delivery_of_a_time_to_come_again_ends(Store& store) {
  StoreDriver driver(store);
  REQUIRE(driver.create(sample_cron(1, kTenMinutely, at(kDay - 1))));
  const Claim wrong = driver.claim(at(kDay)).claims.at(0);
  CHECK(rearm(store, at(kDay), at(0)).jobs == 1);
  driver.record(wrong, RetryAt{at(1), 2});
  CHECK(driver.claim(at(1)).claims.empty());
  const Claim claim = driver.claim(at(kTenMinutes)).claims.at(0);
  CHECK(claim.delivery == Delivery{sample_id(1), at(kTenMinutes), 1, 1});
}

void an_earlier_delivery_holds_up_its_job_as_before(Store& store) {
  StoreDriver driver(store);
  REQUIRE(driver.create(sample_cron(1, kTenMinutely, at(-1))));
  const Claim claim = driver.claim(at(0)).claims.at(0);
  driver.claim(at(kDay));
  CHECK(rearm(store, at(2 * kDay), at(1)).jobs == 0);
  CHECK(driver.claim(at(kTenMinutes)).claims.empty());
  driver.record(claim, Accepted{});
  CHECK(driver.claim(at(kTenMinutes)).claims.at(0).delivery.fire_time == at(kTenMinutes));
}

void retries_wait_for_as_long_as_they_had_to(Store& store) {
  StoreDriver driver(store);
  REQUIRE(driver.create(sample_once(1, at(0))));
  driver.record(driver.claim(at(2 * kDay)).claims.at(0), RetryAt{at(2 * kDay + 5'000), 2});
  const Rearmed done = rearm(store, at(2 * kDay), at(kDay));
  CHECK(done.jobs == 0);
  CHECK(done.next_due == at(kDay + 5'000));
  CHECK(driver.claim(at(kDay + 4'999)).claims.empty());
  CHECK(driver.claim(at(kDay + 5'000)).claims.at(0).delivery.attempt == 2);
}

void but_not_until_before_their_fire_time(Store& store) {
  StoreDriver driver(store);
  REQUIRE(driver.create(sample_once(1, at(kDay))));
  driver.record(driver.claim(at(kDay)).claims.at(0), RetryAt{at(kDay + 5'000), 2});
  CHECK(rearm(store, at(kDay), at(0)).next_due == at(kDay));
  CHECK(driver.claim(at(kDay - 1)).claims.empty());
  CHECK(driver.claim(at(kDay)).claims.size() == 1);
}

void one_time_and_paused_jobs_stay_as_they_are(Store& store) {
  StoreDriver driver(store);
  const Job once = sample_once(1, at(kDay));
  Job paused = sample_cron(2, kTenMinutely, at(kDay));
  paused.spec.paused = true;
  paused.next.reset();
  for (const Job& job : {once, paused})
    REQUIRE(driver.create(job));
  CHECK(rearm(store, at(kDay), at(0)).jobs == 0);
  for (const Job& job : {once, paused})
    check_same(*driver.find("default", job.id), job);
}

void however_many_jobs_there_are(Store& store) {
  StoreDriver driver(store);
  constexpr std::uint32_t kMany = 2'500;
  std::vector<Job> jobs;
  for (std::uint32_t number = 1; number <= kMany; ++number)
    jobs.push_back(sample_cron(number, kTenMinutely, at(kDay)));
  using All = std::vector<Created>;
  const auto created = outcome<All>(
      store, [&](Done<All> done) { store.create_all(std::move(jobs), std::move(done)); });
  REQUIRE(created);
  const Rearmed done = rearm(store, at(kDay), at(0));
  CHECK(done.jobs == kMany);
  CHECK(done.next_due == at(kTenMinutes));
  CHECK(rearm(store, at(kDay), at(0)).jobs == 0);
}

}  // namespace

std::vector<StoreCase> clock_cases() {
  return {
      {"a misfire rule is kept", a_misfire_rule_is_kept},
      {"a skipped misfire is told of, and its job goes on",
       a_skipped_misfire_is_told_of_and_its_job_goes_on},
      {"a one-time job that is skipped is gone", a_one_time_job_that_is_skipped_is_gone},
      {"what is found in time is not skipped", what_is_found_in_time_is_not_skipped},
      {"the last claim is known", the_last_claim_is_known},
      {"a job that fired by a wrong clock fires again, in a new epoch",
       a_job_that_fired_by_a_wrong_clock_fires_again_in_a_new_epoch},
      {"a replaced job may fire again at a time, in a new epoch",
       a_replaced_job_may_fire_again_at_a_time_in_a_new_epoch},
      {"a delivery of a time that is to come again ends", a_delivery_of_a_time_to_come_again_ends},
      {"an earlier delivery holds up its job as before",
       an_earlier_delivery_holds_up_its_job_as_before},
      {"retries wait for as long as they had to", retries_wait_for_as_long_as_they_had_to},
      {"but not until before their fire time", but_not_until_before_their_fire_time},
      {"one-time and paused jobs stay as they are", one_time_and_paused_jobs_stay_as_they_are},
      {"all recurring jobs are re-armed, however many there are", however_many_jobs_there_are},
  };
}

}  // namespace jobsched::testing
