#include <optional>
#include <set>
#include <string>
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
constexpr std::int64_t kLease = StoreDriver::kLease.count();

Claim only_claim(const Claims& claims) {
  REQUIRE(claims.claims.size() == 1);
  return claims.claims.front();
}

std::vector<JobId> jobs_of(const Claims& claims) {
  std::vector<JobId> jobs;
  for (const Claim& claim : claims.claims)
    jobs.push_back(claim.delivery.job);
  return jobs;
}

// A store with one delivery that was claimed by instance 1 at kStart.
Claim claimed_once_job(StoreDriver& driver) {
  REQUIRE(driver.create(sample_once(1, at(0))));
  return only_claim(driver.claim(at(0)));
}

Claim claimed_cron_job(StoreDriver& driver) {
  REQUIRE(driver.create(sample_cron(1, kTenMinutely, at(-1))));
  return only_claim(driver.claim(at(0)));
}

void a_job_fires_at_its_time_and_never_before(Store& store) {
  StoreDriver driver(store);
  const Job job = sample_once(1, at(1'000));
  REQUIRE(driver.create(job));
  const Claims early = driver.claim(at(999));
  CHECK(early.claims.empty());
  CHECK(early.fired == 0);
  CHECK(early.next_due == at(1'000));
  const Claims claims = driver.claim(at(1'000));
  CHECK(claims.fired == 1);
  const Claim claim = only_claim(claims);
  CHECK(claim.delivery.job == job.id);
  CHECK(claim.delivery.fire_time == at(1'000));
  CHECK(claim.delivery.attempt == 1);
  Job fired = job;
  fired.next.reset();
  check_same(claim.job, fired);
  check_same(*driver.find("default", job.id), fired);
}

void a_claimed_delivery_is_not_claimed_again(Store& store) {
  StoreDriver driver(store);
  claimed_once_job(driver);
  const Claims again = driver.claim(at(0));
  CHECK(again.claims.empty());
  CHECK_FALSE(again.next_due);
}

void claims_come_in_order_of_their_due_times_up_to_the_limit(Store& store) {
  StoreDriver driver(store);
  REQUIRE(driver.create(sample_once(1, at(0))));
  driver.record(only_claim(driver.claim(at(0))), RetryAt{at(1'500), 2});
  REQUIRE(driver.create(sample_once(2, at(2'000))));
  REQUIRE(driver.create(sample_once(3, at(1'000))));
  REQUIRE(driver.create(sample_once(4, at(3'000))));
  CHECK(driver.claim(at(3'000), 0).claims.empty());
  const Claims first = driver.claim(at(3'000), 2);
  CHECK(jobs_of(first) == std::vector{sample_id(3), sample_id(1)});
  CHECK(first.next_due == at(2'000));
  const Claims rest = driver.claim(at(3'000), 10);
  CHECK(jobs_of(rest) == std::vector{sample_id(2), sample_id(4)});
  CHECK_FALSE(rest.next_due);
}

void a_backlog_does_not_delay_what_came_due_last(Store& store) {
  StoreDriver driver(store);
  for (std::uint32_t number = 1; number <= 20; ++number)
    REQUIRE(driver.create(sample_once(number, at(number * 1'000))));
  const Claims claims = driver.claim(at(20'000), 8);
  CHECK(jobs_of(claims) == std::vector{sample_id(1), sample_id(2), sample_id(3), sample_id(4),
                                       sample_id(5), sample_id(6), sample_id(19), sample_id(20)});
  CHECK(claims.next_due == at(7'000));
  CHECK(driver.claim(at(20'000), 8).claims.size() == 8);
  CHECK(driver.claim(at(20'000), 8).claims.size() == 4);
}

void every_claim_has_a_token_of_its_own(Store& store) {
  StoreDriver driver(store);
  for (std::uint32_t number = 1; number <= 5; ++number) {
    REQUIRE(driver.create(sample_once(number, at(0))));
  }
  std::set<std::uint64_t> tokens;
  for (const Claim& claim : driver.claim(at(0)).claims) {
    tokens.insert(claim.token);
    driver.record(claim, RetryAt{at(0), 2});
  }
  for (const Claim& claim : driver.claim(at(0)).claims)
    tokens.insert(claim.token);
  CHECK(tokens.size() == 10);
}

void the_next_fire_time_follows_from_the_fire_time(Store& store) {
  struct Row {
    std::string_view rule;
    std::int64_t now;
    std::int64_t fire_time;
    std::int64_t next;
  };

  const std::vector<Row> rows{
      {"in time", 0, 0, kTenMinutes},
      {"late within the threshold", 60'000, 0, kTenMinutes},
      {"a misfire goes on after now", 60'001, 0, kTenMinutes},
      {"one for all that it missed", 6 * kTenMinutes, 0, 7 * kTenMinutes},
  };
  StoreDriver driver(store);
  std::uint32_t number = 0;
  for (const Row& row : rows) {
    CAPTURE(row.rule);
    REQUIRE(driver.create(sample_cron(++number, kTenMinutely, at(-1))));
    const Claim claim = only_claim(driver.claim(at(row.now)));
    CHECK(claim.delivery.fire_time == at(row.fire_time));
    CHECK(claim.job.next == at(row.next));
    CHECK(driver.find("default", sample_id(number))->next == at(row.next));
    REQUIRE(driver.remove("default", sample_id(number)));
  }
}

void a_late_one_time_job_fires_with_its_own_time(Store& store) {
  StoreDriver driver(store);
  REQUIRE(driver.create(sample_once(1, at(0))));
  CHECK(only_claim(driver.claim(at(7 * 86'400'000))).delivery.fire_time == at(0));
}

void a_fire_time_waits_while_a_delivery_is_outstanding(Store& store) {
  StoreDriver driver(store);
  const Claim first = claimed_cron_job(driver);
  // Whether a fire time still to come counts meanwhile is the store's affair.
  CHECK(driver.claim(at(1)).next_due.value_or(at(kTenMinutes)) == at(kTenMinutes));
  const Claims held_up = driver.claim(at(kTenMinutes));
  CHECK(held_up.claims.empty());
  CHECK_FALSE(held_up.next_due);
  CHECK(driver.find("default", sample_id(1))->next == at(kTenMinutes));
  driver.record(first, Accepted{});
  const Claim second = only_claim(driver.claim(at(kTenMinutes + 5)));
  CHECK(second.delivery.fire_time == at(kTenMinutes));
  CHECK(second.delivery.attempt == 1);
}

void a_retry_holds_up_the_next_fire_time_too(Store& store) {
  StoreDriver driver(store);
  driver.record(claimed_cron_job(driver), RetryAt{at(kTenMinutes + 100), 2});
  const Claims held_up = driver.claim(at(kTenMinutes));
  CHECK(held_up.claims.empty());
  CHECK(held_up.next_due == at(kTenMinutes + 100));
  const Claim retry = only_claim(driver.claim(at(kTenMinutes + 100)));
  CHECK(retry.delivery.fire_time == at(0));
  CHECK(retry.delivery.attempt == 2);
  CHECK(retry.job.next == at(kTenMinutes));
  driver.record(retry, Superseded{});
  CHECK(only_claim(driver.claim(at(kTenMinutes + 100))).delivery.fire_time == at(kTenMinutes));
}

void what_is_held_up_does_not_hold_up_others(Store& store) {
  StoreDriver driver(store);
  for (std::uint32_t number = 1; number <= 5; ++number) {
    REQUIRE(driver.create(sample_cron(number, kTenMinutely, at(-1))));
  }
  REQUIRE(driver.claim(at(0)).claims.size() == 5);
  REQUIRE(driver.create(sample_once(6, at(kTenMinutes + 1))));
  CHECK(jobs_of(driver.claim(at(kTenMinutes + 1), 1)) == std::vector{sample_id(6)});
}

void what_goes_to_a_full_target_is_put_off_slot_by_slot(Store& store) {
  StoreDriver driver(store);
  for (std::uint32_t number = 1; number <= 6; ++number) {
    Job job = sample_once(number, at(number));
    if (number % 2 == 1) job.spec.url = "https://Full.example:443/" + std::to_string(number);
    REQUIRE(driver.create(job));
  }
  const auto claim = [&](Instant now, std::vector<FullTarget> full) {
    return outcome<Claims>(store,
                           [&](Done<Claims> done) {
                             store.claim_due(now, 100, StoreDriver::kMisfire,
                                             {1, StoreDriver::kLease, std::move(full)},
                                             std::move(done));
                           })
        .value();
  };
  const FullTarget full{"full.example:443", at(1'000), Micros{1'500}, at(1'004)};
  const Claims first = claim(at(10), {full, {"other.example:443", at(0), Micros{1}, at(0)}});
  CHECK(jobs_of(first) == std::vector{sample_id(2), sample_id(4), sample_id(6)});
  REQUIRE(first.deferred.size() == 3);
  constexpr std::int64_t kDue[]{1'002, 1'003, 1'004};
  for (std::size_t i = 0; i < 3; ++i) {
    const auto number = static_cast<std::uint32_t>(2 * i + 1);
    CHECK(first.deferred[i].delivery == Delivery{sample_id(number), at(number)});
    CHECK(first.deferred[i].target == full.target);
    CHECK(first.deferred[i].due == at(kDue[i]));
  }
  CHECK(first.next_due == at(1'002));

  const Claims second = claim(at(1'002), {});
  CHECK(jobs_of(second) == std::vector{sample_id(1)});
  CHECK(second.claims.back().delivery == Delivery{sample_id(1), at(1)});
  // A retry is put off, too, and so is one whose lease ended.
  driver.record(second.claims.back(), RetryAt{at(1'010), 2});
  const Claims third = claim(at(1'010), {{full.target, at(2'000), Micros{1'000}, at(9'000)}});
  CHECK(third.claims.empty());
  REQUIRE(third.deferred.size() == 3);
  CHECK(third.deferred.back().delivery == Delivery{sample_id(1), at(1), 2});
  CHECK(third.deferred.back().due == at(2'003));
  CHECK(third.next_due == at(2'001));
}

void a_delivery_that_ends_takes_a_job_that_has_fired_out_with_it(Store& store) {
  struct Row {
    std::string_view rule;
    Transition transition;
  };

  const std::vector<Row> rows{{"accepted", Accepted{}},
                              {"exhausted", Exhausted{"attempt 9 was the last"}},
                              {"superseded", Superseded{}}};
  for (const Row& row : rows) {
    CAPTURE(row.rule);
    StoreDriver driver(store);
    REQUIRE(driver.create(sample_once(1, at(0))));
    REQUIRE(driver.create(sample_cron(2, kTenMinutely, at(-1))));
    REQUIRE(driver.create(sample_cron(3, "0 0 0 1 1 ? 2030", at(-1))));
    const Claims claims = driver.claim(at(0));
    REQUIRE(claims.claims.size() == 3);
    for (const Claim& claim : claims.claims)
      driver.record(claim, row.transition);
    CHECK(driver.ids("default") == std::vector{sample_id(2)});
    CHECK(driver.find("default", sample_id(2))->next == at(kTenMinutes));
    CHECK(driver.counts().jobs == 1);
    const Claims after = driver.claim(at(kLease));
    CHECK(after.claims.empty());
    CHECK(after.next_due == at(kTenMinutes));
    REQUIRE(driver.remove("default", sample_id(2)));
  }
}

void a_retry_comes_when_its_backoff_has_passed(Store& store) {
  StoreDriver driver(store);
  driver.record(claimed_once_job(driver), RetryAt{at(5'000), 2});
  const Claims early = driver.claim(at(4'999));
  CHECK(early.claims.empty());
  CHECK(early.next_due == at(5'000));
  const Claim retry = only_claim(driver.claim(at(5'000)));
  CHECK(retry.delivery.fire_time == at(0));
  CHECK(retry.delivery.attempt == 2);
  CHECK_FALSE(retry.job.next);
}

void an_interrupted_attempt_is_made_again_at_once(Store& store) {
  StoreDriver driver(store);
  driver.record(claimed_once_job(driver), RetryAt{at(10), 1});
  CHECK(only_claim(driver.claim(at(10))).delivery.attempt == 1);
}

void a_record_without_the_live_lease_is_passed_over(Store& store) {
  StoreDriver driver(store);
  const Claim stale = claimed_once_job(driver);
  driver.record(stale, RetryAt{at(1'000), 2});
  driver.record(stale, Accepted{});  // waiting: no lease at all
  REQUIRE(driver.find("default", sample_id(1)));
  const Claim live = only_claim(driver.claim(at(1'000)));
  driver.record(stale, Accepted{});
  driver.record(stale, RetryAt{at(0), 9});
  CHECK(driver.claim(at(1'000)).claims.empty());
  driver.record(live, Accepted{});
  CHECK_FALSE(driver.find("default", sample_id(1)));
  driver.record(live, Accepted{});  // its job is gone
  CHECK(driver.counts().jobs == 0);
}

void one_call_records_many_and_passes_over_the_stale(Store& store) {
  StoreDriver driver(store);
  for (std::uint32_t number = 1; number <= 3; ++number) {
    REQUIRE(driver.create(sample_once(number, at(0))));
  }
  const Claims claims = driver.claim(at(0));
  REQUIRE(claims.claims.size() == 3);
  REQUIRE(driver.remove("default", claims.claims.at(1).delivery.job));
  std::vector<AttemptRecord> records;
  for (const Claim& claim : claims.claims) {
    records.push_back(sample_record(claim, Accepted{}));
  }
  CHECK(outcome<void>(store, [&](Done<void> done) { store.record(records, std::move(done)); }));
  CHECK(driver.counts().jobs == 0);
  CHECK(outcome<void>(store, [&](Done<void> done) { store.record({}, std::move(done)); }));
}

void a_lease_that_ended_goes_to_another_instance_only(Store& store) {
  StoreDriver driver(store);
  const Claim lost = claimed_once_job(driver);
  const Claims early = driver.claim(at(kLease - 1), 100, 2);
  CHECK(early.claims.empty());
  CHECK(early.next_due == at(kLease));
  const Claims own = driver.claim(at(kLease), 100, 1);
  CHECK(own.claims.empty());
  CHECK_FALSE(own.next_due);
  const Claim taken = only_claim(driver.claim(at(kLease), 100, 2));
  CHECK(taken.delivery.fire_time == lost.delivery.fire_time);
  CHECK(taken.delivery.attempt == 1);
  CHECK(taken.token != lost.token);
  driver.record(lost, Accepted{});
  CHECK(driver.find("default", sample_id(1)));
  driver.record(taken, Accepted{});
  CHECK_FALSE(driver.find("default", sample_id(1)));
}

void an_outcome_counts_after_the_lease_has_ended_if_nobody_took_it(Store& store) {
  StoreDriver driver(store);
  const Claim late = claimed_once_job(driver);
  CHECK(driver.claim(at(2 * kLease), 100, 1).claims.empty());
  driver.record(late, Accepted{});
  CHECK_FALSE(driver.find("default", sample_id(1)));
}

void a_replacement_supersedes_the_outstanding_delivery(Store& store) {
  StoreDriver driver(store);
  const Claim old = claimed_once_job(driver);
  const Job changed = sample_once(1, at(500));
  REQUIRE(driver.replace("default", sample_id(1), changed.spec, changed.next));
  driver.record(old, Accepted{});
  check_same(*driver.find("default", sample_id(1)), changed);
  const Claim claim = only_claim(driver.claim(at(500)));
  CHECK(claim.delivery.fire_time == at(500));
  CHECK(claim.delivery.attempt == 1);
  CHECK(driver.claim(at(2 * kLease), 100, 2).claims.size() ==
        1);  // the new one, nothing of the old
}

void a_job_replaced_while_held_up_fires_by_its_new_schedule(Store& store) {
  StoreDriver driver(store);
  claimed_cron_job(driver);
  CHECK(driver.claim(at(kTenMinutes)).claims.empty());
  const Job changed = sample_once(1, at(kTenMinutes + 7));
  REQUIRE(driver.replace("default", sample_id(1), changed.spec, changed.next));
  CHECK(driver.claim(at(kTenMinutes + 6)).next_due == at(kTenMinutes + 7));
  CHECK(only_claim(driver.claim(at(kTenMinutes + 7))).delivery.fire_time == at(kTenMinutes + 7));
}

void removing_a_job_ends_its_outstanding_delivery(Store& store) {
  StoreDriver driver(store);
  const Claim claim = claimed_cron_job(driver);
  REQUIRE(driver.remove("default", sample_id(1)));
  driver.record(claim, RetryAt{at(1), 2});
  const Claims after = driver.claim(at(2 * kTenMinutes), 100, 2);
  CHECK(after.claims.empty());
  CHECK_FALSE(after.next_due);
}

void counts_say_how_many_jobs_and_when_the_next_is_due(Store& store) {
  StoreDriver driver(store);
  CHECK(driver.counts().jobs == 0);
  CHECK_FALSE(driver.counts().next_due);
  REQUIRE(driver.create(sample_once(1, at(2'000))));
  Job other = sample_once(2, at(1'000));
  other.account = "other";
  REQUIRE(driver.create(other));
  CHECK(driver.counts().jobs == 2);
  CHECK(driver.counts().next_due == at(1'000));
  const Claim claim = only_claim(driver.claim(at(1'000)));
  CHECK(driver.counts().jobs == 2);
  CHECK(driver.counts().next_due == at(2'000));
  driver.record(claim, RetryAt{at(1'500), 2});
  CHECK(driver.counts().next_due == at(1'500));
  driver.record(only_claim(driver.claim(at(1'500))), Accepted{});
  CHECK(driver.counts().jobs == 1);
}

void a_lease_lasts_for_the_timeout_that_a_job_has_of_its_own(Store& store) {
  StoreDriver driver(store);
  Job job = sample_once(1, at(0));
  job.spec.timeout = std::chrono::seconds{100};
  REQUIRE(driver.create(job));
  const Instant end = at(0) + StoreDriver::kLease + std::chrono::seconds{100};
  REQUIRE(driver.claim(at(0), 1, 1).claims.size() == 1);
  CHECK(driver.claim(end - Millis{1}, 1, 2).claims.empty());
  REQUIRE(driver.claim(end, 1, 2).claims.size() == 1);
  const Instant later = end + StoreDriver::kLease + std::chrono::seconds{100};
  CHECK(driver.claim(later - Millis{1}, 1, 3).claims.empty());
  CHECK(driver.claim(later, 1, 3).claims.size() == 1);
}

}  // namespace

std::vector<StoreCase> delivery_cases() {
  return {
      {"a job fires at its time and never before", a_job_fires_at_its_time_and_never_before},
      {"a claimed delivery is not claimed again", a_claimed_delivery_is_not_claimed_again},
      {"claims come in order of their due times up to the limit",
       claims_come_in_order_of_their_due_times_up_to_the_limit},
      {"a backlog does not delay what came due last", a_backlog_does_not_delay_what_came_due_last},
      {"every claim has a token of its own", every_claim_has_a_token_of_its_own},
      {"the next fire time follows from the fire time",
       the_next_fire_time_follows_from_the_fire_time},
      {"a late one-time job fires with its own time", a_late_one_time_job_fires_with_its_own_time},
      {"a fire time waits while a delivery is outstanding",
       a_fire_time_waits_while_a_delivery_is_outstanding},
      {"a retry holds up the next fire time too", a_retry_holds_up_the_next_fire_time_too},
      {"what is held up does not hold up others", what_is_held_up_does_not_hold_up_others},
      {"what goes to a full target is put off, slot by slot",
       what_goes_to_a_full_target_is_put_off_slot_by_slot},
      {"a delivery that ends takes a job that has fired out with it",
       a_delivery_that_ends_takes_a_job_that_has_fired_out_with_it},
      {"a retry comes when its backoff has passed", a_retry_comes_when_its_backoff_has_passed},
      {"an interrupted attempt is made again at once",
       an_interrupted_attempt_is_made_again_at_once},
      {"a record without the live lease is passed over",
       a_record_without_the_live_lease_is_passed_over},
      {"one call records many and passes over the stale",
       one_call_records_many_and_passes_over_the_stale},
      {"a lease that ended goes to another instance only",
       a_lease_that_ended_goes_to_another_instance_only},
      {"an outcome counts after the lease has ended if nobody took it",
       an_outcome_counts_after_the_lease_has_ended_if_nobody_took_it},
      {"a replacement supersedes the outstanding delivery",
       a_replacement_supersedes_the_outstanding_delivery},
      {"a job replaced while held up fires by its new schedule",
       a_job_replaced_while_held_up_fires_by_its_new_schedule},
      {"removing a job ends its outstanding delivery",
       removing_a_job_ends_its_outstanding_delivery},
      {"counts say how many jobs and when the next is due",
       counts_say_how_many_jobs_and_when_the_next_is_due},
      {"a lease lasts for the timeout that a job has of its own",
       a_lease_lasts_for_the_timeout_that_a_job_has_of_its_own},
  };
}

}  // namespace jobsched::testing
