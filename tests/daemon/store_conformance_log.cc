#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "tests/daemon/store_conformance.h"
#include "tests/support/store_driver.h"

namespace jobsched::testing {

namespace {

constexpr std::string_view kTenMinutely = "0 0/10 * * * ?";
constexpr std::int64_t kTenMinutes = 600'000;

// A store's log and its actions on jobs, used as if they answered at once.
class LogDriver {
 public:
  explicit LogDriver(Store& store) : store_(store), jobs(store) {}

  std::optional<LoggedDelivery> find(const Delivery& key, std::string_view account = "default") {
    auto found = store_.find_delivery(account, key);
    REQUIRE(found.has_value());
    return *std::move(found);
  }

  std::vector<LoggedDelivery> list(const DeliveryFilter& filter = {},
                                   std::optional<Delivery> after = {},
                                   std::size_t limit = 100,
                                   std::string_view account = "default") {
    auto found = store_.deliveries(account, filter, after, limit);
    REQUIRE(found.has_value());
    return *std::move(found);
  }

  // The numbers of the jobs whose deliveries are listed.
  std::vector<std::uint32_t> numbers(const DeliveryFilter& filter = {},
                                     std::optional<Delivery> after = {},
                                     std::size_t limit = 100) {
    std::vector<std::uint32_t> numbers;
    for (const LoggedDelivery& one : list(filter, after, limit))
      numbers.push_back(one.delivery.job.bytes.back());
    return numbers;
  }

  Result<LoggedDelivery> fire(std::uint32_t number, Instant now, std::string account = "default") {
    return outcome<LoggedDelivery>(store_, [&](Done<LoggedDelivery> done) {
      store_.fire_now(account, sample_id(number), now, std::move(done));
    });
  }

  Result<LoggedDelivery> retry(const Delivery& key, Instant now, std::string account = "default") {
    return outcome<LoggedDelivery>(store_, [&](Done<LoggedDelivery> done) {
      store_.retry(account, key, now, std::move(done));
    });
  }

  Result<Job> pause(std::uint32_t number, std::string account = "default") {
    return outcome<Job>(
        store_, [&](Done<Job> done) { store_.pause(account, sample_id(number), std::move(done)); });
  }

  Result<Job> resume(std::uint32_t number, Instant now, std::string account = "default") {
    return outcome<Job>(store_, [&](Done<Job> done) {
      store_.resume(account, sample_id(number), now, std::move(done));
    });
  }

  std::uint64_t prune(Instant before) {
    std::uint64_t all = 0;
    for (;;) {
      const auto pruned = outcome<Pruned>(
          store_, [&](Done<Pruned> done) { store_.prune(before, std::move(done)); });
      REQUIRE(pruned.has_value());
      all += pruned->attempts;
      if (!pruned->rest) return all;
    }
  }

  // Claims the only delivery that is due.
  Claim claim(Instant now) {
    const Claims claims = jobs.claim(now);
    REQUIRE(claims.claims.size() == 1);
    return claims.claims.front();
  }

 private:
  Store& store_;

 public:
  StoreDriver jobs;
};

template <class T>
void check_refused(const Result<T>& result, ErrorKind kind) {
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().kind == kind);
  CHECK_FALSE(result.error().detail.empty());
}

AttemptRecord failed(const Claim& claim, Instant started, Transition transition) {
  AttemptResult result{Outcome::kRejected,          503,           {}, false,
                       "the endpoint answered 503", Fault::kStatus};
  result.timings = {Micros{10}, Micros{200}, {}, Micros{3'000}, Micros{4'000}};
  result.response = std::string("busy\0\xFF", 6);
  return {claim.delivery, claim.token, started, started + Millis{4}, result, std::move(transition)};
}

void record(Store& store, const AttemptRecord& record) {
  REQUIRE(outcome<void>(store, [&](Done<void> done) { store.record({record}, std::move(done)); }));
}

void the_log_has_each_attempt_and_what_became_of_the_delivery(Store& store) {
  LogDriver log(store);
  REQUIRE(log.jobs.create(sample_once(1, at(0))));
  const Claim first = log.claim(at(1));
  CHECK(log.find(first.delivery)->state == DeliveryState::kInFlight);
  CHECK(log.list().empty());  // nothing has become of it

  record(store, failed(first, at(2), RetryAt{at(5'000), 2}));
  LoggedDelivery expected{.delivery = first.delivery, .account = "default"};
  expected.delivery.attempt = 2;
  expected.due = at(5'000);
  const AttemptTimings timings{Micros{10}, Micros{200}, {}, Micros{3'000}, Micros{4'000}};
  expected.attempts.push_back({1, at(2), Fault::kStatus, 503, timings, "the endpoint answered 503",
                               std::string("busy\0\xFF", 6)});
  CHECK(log.find(first.delivery) == expected);
  CHECK(log.list() == std::vector{expected});

  const Claim second = log.claim(at(5'000));
  expected.due.reset();
  expected.state = DeliveryState::kInFlight;
  CHECK(log.find(first.delivery) == expected);

  log.jobs.record(second, Accepted{}, at(5'007));
  expected.state = DeliveryState::kAccepted;
  expected.ended = at(5'007);
  expected.attempts.push_back({2, at(5'007), Fault::kNone, 0, {}, "", ""});
  CHECK(log.find(first.delivery) == expected);
  CHECK(log.list() == std::vector{expected});  // also of a job that is purged
  CHECK_FALSE(log.jobs.find("default", sample_id(1)));
}

void every_end_has_its_state_and_reason(Store& store) {
  struct Row {
    std::string_view rule;
    Transition transition;
    DeliveryState state;
    bool has_reason;
  };

  const std::vector<Row> rows{
      {"accepted", Accepted{}, DeliveryState::kAccepted, false},
      {"exhausted", Exhausted{"attempt 9 was the last"}, DeliveryState::kExhausted, true},
      {"superseded", Superseded{}, DeliveryState::kSuperseded, true}};
  LogDriver log(store);
  for (std::uint32_t number = 1; const Row& row : rows) {
    CAPTURE(row.rule);
    REQUIRE(log.jobs.create(sample_once(number++, at(0))));
    const Claim claim = log.claim(at(0));
    log.jobs.record(claim, row.transition, at(9));
    const LoggedDelivery found = *log.find(claim.delivery);
    CHECK(found.state == row.state);
    CHECK(found.ended == at(9));
    CHECK(found.reason.empty() != row.has_reason);
    CHECK(found.attempts.size() == 1);
  }
  CHECK(log.list({.state = DeliveryState::kExhausted}).front().reason == "attempt 9 was the last");
}

void an_attempt_that_never_began_is_not_in_the_log(Store& store) {
  LogDriver log(store);
  REQUIRE(log.jobs.create(sample_once(1, at(0))));
  const Claim claim = log.claim(at(0));
  record(store, {claim.delivery, claim.token, {}, at(1), {}, RetryAt{at(10), 1}});
  const LoggedDelivery found = *log.find(claim.delivery);
  CHECK(found.attempts.empty());
  CHECK(found.state == DeliveryState::kWaiting);
  CHECK(found.due == at(10));
  CHECK(log.list().empty());
}

void what_is_passed_over_is_not_in_the_log(Store& store) {
  LogDriver log(store);
  REQUIRE(log.jobs.create(sample_once(1, at(0))));
  const Claim claim = log.claim(at(0));
  log.jobs.record(claim, RetryAt{at(10), 2});
  log.jobs.record(claim, Accepted{});
  CHECK(log.find(claim.delivery)->attempts.size() == 1);
}

void a_delivery_ends_with_its_job(Store& store) {
  LogDriver log(store);
  for (std::uint32_t number : {1U, 2U, 3U})
    REQUIRE(log.jobs.create(sample_once(number, at(0))));
  const Claims claims = log.jobs.claim(at(0));
  REQUIRE(log.jobs.remove("default", sample_id(1), at(5)));
  const Job other = sample_once(2, at(9'000));
  REQUIRE(log.jobs.replace("default", sample_id(2), other.spec, other.next, at(6)));
  REQUIRE(outcome<std::vector<JobId>>(store, [&](auto done) {
    store.remove_all("default", {sample_id(3)}, at(7), std::move(done));
  }));
  const std::vector<LoggedDelivery> ended = log.list();
  REQUIRE(ended.size() == 3);
  constexpr DeliveryState kStates[]{DeliveryState::kCancelled, DeliveryState::kSuperseded,
                                    DeliveryState::kCancelled};
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(ended[i].delivery.job == sample_id(static_cast<std::uint32_t>(3 - i)));
    CHECK(ended[i].state == kStates[i]);
    CHECK(ended[i].ended == at(7 - static_cast<std::int64_t>(i)));
    CHECK_FALSE(ended[i].reason.empty());
    CHECK(ended[i].attempts.empty());
  }
}

void a_misfire_that_is_not_made_up_for_is_in_the_log(Store& store) {
  LogDriver log(store);
  Job skips = sample_cron(1, kTenMinutely, at(-1));
  skips.spec.misfire = Misfire::kSkip;
  REQUIRE(log.jobs.create(skips));
  CHECK(log.jobs.claim(at(kTenMinutes - 1)).claims.empty());
  const LoggedDelivery skipped = *log.find({sample_id(1), at(0)});
  CHECK(skipped.state == DeliveryState::kSkipped);
  CHECK(skipped.ended == at(kTenMinutes - 1));
  CHECK_FALSE(skipped.reason.empty());
  CHECK(skipped.attempts.empty());
}

void what_one_delivery_makes_up_for_is_in_the_log(Store& store) {
  LogDriver log(store);
  REQUIRE(log.jobs.create(sample_cron(1, kTenMinutely, at(-1))));
  const Claim late = log.claim(at(3 * kTenMinutes + 1));
  CHECK(late.delivery.fire_time == at(0));
  log.jobs.record(late, Accepted{}, at(3 * kTenMinutes + 2));
  const std::vector<LoggedDelivery> all = log.list({.job = sample_id(1)});
  REQUIRE(all.size() == 2);
  CHECK(all[0].delivery.fire_time == at(kTenMinutes));
  CHECK(all[0].state == DeliveryState::kSkipped);
  CHECK(all[1].state == DeliveryState::kAccepted);
  // One that is late by less than its interval makes up for nothing.
  const Claim next = log.claim(at(4 * kTenMinutes + 61'000));
  log.jobs.record(next, Accepted{}, at(4 * kTenMinutes + 61'001));
  CHECK(log.list({.job = sample_id(1)}).size() == 3);
}

void lists_are_by_the_latest_change_and_in_pages(Store& store) {
  LogDriver log(store);
  for (std::uint32_t number : {1U, 2U, 3U, 4U})
    REQUIRE(log.jobs.create(sample_once(number, at(number))));
  const Claims claims = log.jobs.claim(at(10));
  REQUIRE(claims.claims.size() == 4);
  log.jobs.record(claims.claims[0], RetryAt{at(5'000), 2}, at(11));
  log.jobs.record(claims.claims[1], Exhausted{"so"}, at(12));
  log.jobs.record(claims.claims[2], Accepted{}, at(13));
  CHECK(log.numbers() == std::vector<std::uint32_t>{3, 2, 1});
  log.jobs.record(log.claim(at(5'000)), RetryAt{at(9'000), 3}, at(5'001));
  CHECK(log.numbers() == std::vector<std::uint32_t>{1, 3, 2});

  CHECK(log.numbers({}, {}, 2) == std::vector<std::uint32_t>{1, 3});
  CHECK(log.numbers({}, claims.claims[2].delivery, 2) == std::vector<std::uint32_t>{2});
  CHECK(log.numbers({}, claims.claims[1].delivery).empty());
  CHECK(log.numbers({}, Delivery{sample_id(9), at(0)}).empty());
  CHECK(log.numbers({}, {}, 0).empty());

  using Numbers = std::vector<std::uint32_t>;
  CHECK(log.numbers({.state = DeliveryState::kAccepted}) == Numbers{3});
  CHECK(log.numbers({.state = DeliveryState::kExhausted}) == Numbers{2});
  CHECK(log.numbers({.state = DeliveryState::kWaiting}) == Numbers{1});
  CHECK(log.numbers({.state = DeliveryState::kInFlight}) == Numbers{4});
  CHECK(log.numbers({.state = DeliveryState::kSkipped}).empty());
  CHECK(log.numbers({.since = at(13)}) == Numbers{1, 3});
  CHECK(log.numbers({.since = at(5'002)}).empty());
  CHECK(log.numbers({.job = sample_id(2)}) == Numbers{2});
  CHECK(log.numbers({.job = sample_id(4)}) == Numbers{4});
  CHECK(log.numbers({.job = sample_id(2), .state = DeliveryState::kAccepted}).empty());
  CHECK(log.numbers({.job = sample_id(2), .since = at(13)}).empty());
  CHECK(log.list({}, {}, 100, "other").empty());
  CHECK_FALSE(log.find(claims.claims[1].delivery, "other"));
  CHECK_FALSE(log.find({sample_id(1), at(77)}));
  CHECK_FALSE(log.find({sample_id(1), at(1), 1, 1}));
}

void the_deliveries_of_a_job_are_by_fire_time(Store& store) {
  LogDriver log(store);
  REQUIRE(log.jobs.create(sample_cron(1, kTenMinutely, at(-1))));
  for (const std::int64_t round : {0, 1, 2})
    log.jobs.record(log.claim(at(round * kTenMinutes)), Accepted{}, at(round * kTenMinutes + 1));
  const Claim live = log.claim(at(3 * kTenMinutes));
  std::vector<Instant> times;
  for (const LoggedDelivery& one : log.list({.job = sample_id(1)}))
    times.push_back(one.delivery.fire_time);
  CHECK(times == std::vector{at(3 * kTenMinutes), at(2 * kTenMinutes), at(kTenMinutes), at(0)});
  const auto page = log.list({.job = sample_id(1)}, live.delivery, 2);
  REQUIRE(page.size() == 2);
  CHECK(page[0].delivery.fire_time == at(2 * kTenMinutes));
  const auto rest = log.list({.job = sample_id(1)}, page[1].delivery, 2);
  REQUIRE(rest.size() == 1);
  CHECK(rest[0].delivery.fire_time == at(0));
}

void outstanding_deliveries_are_listed_in_pages(Store& store) {
  LogDriver log(store);
  for (std::uint32_t number : {1U, 2U, 3U})
    REQUIRE(log.jobs.create(sample_once(number, at(0))));
  REQUIRE(log.jobs.claim(at(0)).claims.size() == 3);
  using Numbers = std::vector<std::uint32_t>;
  const DeliveryFilter in_flight{.state = DeliveryState::kInFlight};
  CHECK(log.numbers(in_flight) == Numbers{3, 2, 1});
  CHECK(log.numbers(in_flight, Delivery{sample_id(3), at(0)}, 1) == Numbers{2});
  CHECK(log.numbers(in_flight, Delivery{sample_id(1), at(0)}).empty());
}

void a_job_is_fired_by_hand_besides_its_schedule(Store& store) {
  LogDriver log(store);
  REQUIRE(log.jobs.create(sample_once(1, at(kTenMinutes))));
  const Result<LoggedDelivery> fired = log.fire(1, at(5));
  REQUIRE(fired.has_value());
  CHECK(fired->state == DeliveryState::kWaiting);
  CHECK(fired->due == at(5));
  CHECK(fired->delivery == Delivery{sample_id(1), at(5)});
  const Claim claim = log.claim(at(5));
  CHECK(claim.delivery == fired->delivery);
  CHECK(claim.job.next == at(kTenMinutes));
  log.jobs.record(claim, Accepted{}, at(6));
  CHECK(log.claim(at(kTenMinutes)).delivery.fire_time == at(kTenMinutes));
}

void a_job_is_fired_by_hand_while_it_is_paused(Store& store) {
  LogDriver log(store);
  REQUIRE(log.jobs.create(sample_once(1, at(kTenMinutes))));
  REQUIRE(log.pause(1));
  REQUIRE(log.fire(1, at(5)));
  log.jobs.record(log.claim(at(5)), Accepted{}, at(6));
  CHECK(log.jobs.find("default", sample_id(1))->spec.paused);
}

void two_firings_have_two_fire_times(Store& store) {
  LogDriver log(store);
  REQUIRE(log.jobs.create(sample_cron(1, kTenMinutely, at(0))));
  REQUIRE(log.fire(1, at(5)));
  log.jobs.record(log.claim(at(5)), Accepted{}, at(5));
  const Result<LoggedDelivery> again = log.fire(1, at(5));
  REQUIRE(again.has_value());
  CHECK(again->delivery.fire_time == at(6));
  CHECK(again->due == at(6));
  CHECK(log.jobs.claim(at(5)).claims.empty());
  log.jobs.record(log.claim(at(6)), Accepted{}, at(6));
  // A whole second may be a fire time of the schedule.
  CHECK(log.fire(1, at(60'000))->delivery.fire_time == at(60'001));
}

void one_delivery_of_a_job_at_a_time_whoever_fires_it(Store& store) {
  LogDriver log(store);
  REQUIRE(log.jobs.create(sample_cron(1, kTenMinutely, at(-1))));
  const Claim claim = log.claim(at(0));
  check_refused(log.fire(1, at(1)), ErrorKind::kConflict);
  log.jobs.record(claim, RetryAt{at(30'000), 2}, at(2));
  check_refused(log.fire(1, at(3)), ErrorKind::kConflict);
  log.jobs.record(log.claim(at(30'000)), Accepted{}, at(30'001));
  REQUIRE(log.fire(1, at(kTenMinutes - 1)));
  CHECK(log.claim(at(kTenMinutes)).delivery.fire_time == at(kTenMinutes - 1));
  check_refused(log.fire(9, at(0)), ErrorKind::kNotFound);
  check_refused(log.fire(1, at(0), "other"), ErrorKind::kNotFound);
}

void a_paused_job_fires_again_once_it_is_resumed(Store& store) {
  LogDriver log(store);
  REQUIRE(log.jobs.create(sample_cron(1, kTenMinutely, at(-1))));
  const Result<Job> paused = log.pause(1);
  REQUIRE(paused.has_value());
  CHECK(paused->spec.paused);
  CHECK_FALSE(paused->next);
  check_same(*paused, *log.jobs.find("default", sample_id(1)));
  CHECK(log.pause(1).has_value());
  CHECK(log.jobs.claim(at(5 * kTenMinutes)).claims.empty());

  const Result<Job> resumed = log.resume(1, at(5 * kTenMinutes));
  REQUIRE(resumed.has_value());
  CHECK(resumed->next == at(6 * kTenMinutes));
  check_same(*resumed, *log.jobs.find("default", sample_id(1)));
  CHECK(log.resume(1, at(9 * kTenMinutes))->next == at(6 * kTenMinutes));
  CHECK(log.claim(at(6 * kTenMinutes)).delivery.fire_time == at(6 * kTenMinutes));
}

void a_job_that_is_resumed_after_the_clock_was_set_back_fires_under_other_ids(Store& store) {
  LogDriver log(store);
  REQUIRE(log.jobs.create(sample_cron(1, kTenMinutely, at(-1))));
  const Claim ahead = log.claim(at(0));
  log.jobs.record(ahead, Accepted{}, at(1));
  REQUIRE(log.pause(1));
  REQUIRE(log.resume(1, at(-kTenMinutes)));
  log.jobs.record(log.claim(at(0)), Accepted{}, at(1));
  const Claim again = log.claim(at(kTenMinutes));
  CHECK(again.delivery == Delivery{sample_id(1), at(kTenMinutes), 1, 1});
  CHECK(log.list({.job = sample_id(1)}).size() == 3);
}

void a_delivery_goes_on_while_its_job_is_paused(Store& store) {
  LogDriver log(store);
  REQUIRE(log.jobs.create(sample_cron(1, kTenMinutely, at(-1))));
  log.jobs.record(log.claim(at(0)), RetryAt{at(30'000), 2}, at(2));
  REQUIRE(log.pause(1));
  log.jobs.record(log.claim(at(30'000)), Accepted{}, at(30'001));
  CHECK(log.jobs.find("default", sample_id(1)));
}

void a_one_time_job_is_due_at_once_if_its_time_came_while_it_was_paused(Store& store) {
  LogDriver log(store);
  REQUIRE(log.jobs.create(sample_once(1, at(1'000))));
  REQUIRE(log.pause(1));
  CHECK(log.resume(1, at(2'000))->next == at(1'000));
  CHECK(log.claim(at(2'000)).delivery.fire_time == at(1'000));
}

void what_has_no_fire_time_left_is_neither_paused_nor_resumed(Store& store) {
  LogDriver log(store);
  REQUIRE(log.jobs.create(sample_once(1, at(0))));
  log.claim(at(0));
  check_refused(log.pause(1), ErrorKind::kConflict);
  REQUIRE(log.jobs.create(sample_cron(2, "0 0 0 1 6 ? 2030", at(0))));
  REQUIRE(log.pause(2));
  check_refused(log.resume(2, at(400LL * 86'400'000)), ErrorKind::kConflict);
  CHECK(log.jobs.find("default", sample_id(2))->spec.paused);
  check_refused(log.pause(9), ErrorKind::kNotFound);
  check_refused(log.resume(9, at(0)), ErrorKind::kNotFound);
  check_refused(log.pause(2, "other"), ErrorKind::kNotFound);
  check_refused(log.resume(2, at(0), "other"), ErrorKind::kNotFound);
}

void a_delivery_that_waits_is_hastened(Store& store) {
  LogDriver log(store);
  REQUIRE(log.jobs.create(sample_once(1, at(0))));
  const Claim claim = log.claim(at(0));
  check_refused(log.retry(claim.delivery, at(1)), ErrorKind::kConflict);
  log.jobs.record(claim, RetryAt{at(30'000), 2}, at(1));
  const Result<LoggedDelivery> hastened = log.retry(claim.delivery, at(5));
  REQUIRE(hastened.has_value());
  CHECK(hastened->due == at(5));
  CHECK(log.claim(at(5)).delivery.attempt == 2);
}

void an_exhausted_delivery_is_attempted_again_also_when_its_job_was_purged(Store& store) {
  LogDriver log(store);
  Job job = sample_once(1, at(0));
  job.spec.data = std::string("the payload\0", 12);
  REQUIRE(log.jobs.create(job));
  const Claim claim = log.claim(at(0));
  log.jobs.record(claim, Exhausted{"so"}, at(1));
  CHECK_FALSE(log.jobs.find("default", sample_id(1)));
  CHECK(log.jobs.counts().jobs == 0);

  const Result<LoggedDelivery> again = log.retry(claim.delivery, at(5));
  REQUIRE(again.has_value());
  CHECK(again->state == DeliveryState::kWaiting);
  CHECK(log.jobs.counts().jobs == 1);
  CHECK(log.numbers({.state = DeliveryState::kExhausted}).empty());
  const Claim second = log.claim(at(5));
  CHECK(second.delivery == Delivery{sample_id(1), at(0), 2});
  CHECK(second.job.spec.data == job.spec.data);
  log.jobs.record(second, Exhausted{"so again"}, at(6));
  CHECK(log.jobs.counts().jobs == 0);

  REQUIRE(log.retry(claim.delivery, at(7)));
  log.jobs.record(log.claim(at(7)), Accepted{}, at(8));
  const LoggedDelivery ended = *log.find(claim.delivery);
  CHECK(ended.state == DeliveryState::kAccepted);
  CHECK(ended.attempts.size() == 3);
  CHECK(log.jobs.counts().jobs == 0);
  check_refused(log.retry(claim.delivery, at(9)), ErrorKind::kConflict);
}

void a_delivery_is_attempted_again_with_what_its_job_says_now(Store& store) {
  LogDriver log(store);
  Job job = sample_cron(1, kTenMinutely, at(-1));
  REQUIRE(log.jobs.create(job));
  const Claim claim = log.claim(at(0));
  log.jobs.record(claim, Exhausted{"so"}, at(1));
  job.spec.url = "https://example.com/mended";
  REQUIRE(log.jobs.replace("default", sample_id(1), job.spec, at(kTenMinutes), at(2)));
  REQUIRE(log.retry(claim.delivery, at(3)));
  const Claim again = log.claim(at(3));
  CHECK(again.job.spec.url == "https://example.com/mended");
  CHECK(again.delivery == Delivery{sample_id(1), at(0), 2});
  check_refused(log.fire(1, at(4)), ErrorKind::kConflict);
}

void a_job_that_comes_back_leaves_its_name_to_who_has_taken_it(Store& store) {
  LogDriver log(store);
  for (const std::uint32_t number : {1U, 2U}) {
    Job job = sample_once(number, at(0));
    job.spec.name = "nightly";
    REQUIRE(log.jobs.create(job));
    if (number == 1) log.jobs.record(log.claim(at(0)), Exhausted{"so"}, at(1));
  }
  REQUIRE(log.retry({sample_id(1), at(0)}, at(2)));
  CHECK_FALSE(log.jobs.find("default", sample_id(1))->spec.name);
  CHECK(log.jobs.find("default", sample_id(2))->spec.name == "nightly");
}

void an_attempt_that_was_not_made_is_not_counted(Store& store) {
  LogDriver log(store);
  REQUIRE(log.jobs.create(sample_cron(1, kTenMinutely, at(-1))));
  const Claim claim = log.claim(at(0));
  log.jobs.record(claim, RetryAt{at(5'000), 2}, at(1));
  const Job other = sample_cron(1, kTenMinutely, at(2));
  REQUIRE(log.jobs.replace("default", other.id, other.spec, other.next, at(2)));
  REQUIRE(log.retry(claim.delivery, at(3)));
  const Claim second = log.claim(at(3));
  CHECK(second.delivery.attempt == 2);
  // One that was under way may have been received.
  REQUIRE(log.jobs.replace("default", other.id, other.spec, other.next, at(4)));
  REQUIRE(log.retry(claim.delivery, at(5)));
  CHECK(log.claim(at(5)).delivery.attempt == 3);
}

void a_superseded_delivery_is_attempted_again_unless_another_is_outstanding(Store& store) {
  LogDriver log(store);
  REQUIRE(log.jobs.create(sample_cron(1, kTenMinutely, at(-1))));
  const Claim first = log.claim(at(0));
  log.jobs.record(first, Superseded{}, at(1));
  const Claim second = log.claim(at(kTenMinutes));
  check_refused(log.retry(first.delivery, at(kTenMinutes)), ErrorKind::kConflict);
  log.jobs.record(second, Accepted{}, at(kTenMinutes + 1));
  REQUIRE(log.retry(first.delivery, at(kTenMinutes + 2)));
  CHECK(log.claim(at(kTenMinutes + 2)).delivery == Delivery{sample_id(1), at(0), 2});
}

void what_cannot_be_attempted_again(Store& store) {
  LogDriver log(store);
  REQUIRE(log.jobs.create(sample_once(1, at(0))));
  const Claim deleted = log.claim(at(0));
  REQUIRE(log.jobs.remove("default", sample_id(1), at(1)));
  check_refused(log.retry(deleted.delivery, at(2)), ErrorKind::kConflict);

  REQUIRE(log.jobs.create(sample_cron(2, kTenMinutely, at(-1))));
  const Claim exhausted = log.claim(at(0));
  log.jobs.record(exhausted, Exhausted{"so"}, at(1));
  check_refused(log.retry(exhausted.delivery, at(2), "other"), ErrorKind::kNotFound);
  REQUIRE(log.jobs.remove("default", sample_id(2), at(2)));
  check_refused(log.retry(exhausted.delivery, at(3)), ErrorKind::kConflict);

  check_refused(log.retry({sample_id(3), at(0)}, at(0)), ErrorKind::kNotFound);
}

void the_log_forgets_what_is_old(Store& store) {
  LogDriver log(store);
  for (std::uint32_t number : {1U, 2U, 3U})
    REQUIRE(log.jobs.create(sample_once(number, at(0))));
  const Claims claims = log.jobs.claim(at(0));
  log.jobs.record(claims.claims[0], Exhausted{"so"}, at(1));
  log.jobs.record(claims.claims[1], RetryAt{at(50'000), 2}, at(2));
  log.jobs.record(claims.claims[2], Accepted{}, at(3));
  CHECK(log.prune(at(1)) == 0);
  CHECK(log.prune(at(3)) == 2);
  CHECK(log.numbers() == std::vector<std::uint32_t>{3});
  check_refused(log.retry(claims.claims[0].delivery, at(4)), ErrorKind::kNotFound);
  // What is outstanding goes on, whatever the log has forgotten.
  const LoggedDelivery waiting = *log.find(claims.claims[1].delivery);
  CHECK(waiting.state == DeliveryState::kWaiting);
  CHECK(waiting.attempts.empty());
  CHECK(log.claim(at(50'000)).delivery.attempt == 2);
  CHECK(log.prune(at(3)) == 0);
}

void much_is_forgotten_in_steps(Store& store) {
  LogDriver log(store);
  constexpr std::uint32_t kJobs = 1'200;
  for (std::uint32_t number = 1; number <= kJobs; ++number)
    REQUIRE(log.jobs.create(sample_once(number, at(0))));
  const Claims claims = log.jobs.claim(at(0), kJobs);
  std::vector<AttemptRecord> records;
  for (const Claim& claim : claims.claims)
    records.push_back(sample_record(claim, Accepted{}, at(1)));
  REQUIRE(outcome<void>(store, [&](Done<void> done) { store.record(records, std::move(done)); }));
  CHECK(log.prune(at(2)) == kJobs);
  CHECK(log.list().empty());
}

}  // namespace

std::vector<StoreCase> log_cases() {
  return {
      {"the log has each attempt and what became of the delivery",
       the_log_has_each_attempt_and_what_became_of_the_delivery},
      {"every end has its state and reason", every_end_has_its_state_and_reason},
      {"an attempt that never began is not in the log",
       an_attempt_that_never_began_is_not_in_the_log},
      {"what is passed over is not in the log", what_is_passed_over_is_not_in_the_log},
      {"a delivery ends with its job", a_delivery_ends_with_its_job},
      {"a misfire that is not made up for is in the log",
       a_misfire_that_is_not_made_up_for_is_in_the_log},
      {"what one delivery makes up for is in the log",
       what_one_delivery_makes_up_for_is_in_the_log},
      {"lists are by the latest change and in pages", lists_are_by_the_latest_change_and_in_pages},
      {"the deliveries of a job are by fire time", the_deliveries_of_a_job_are_by_fire_time},
      {"outstanding deliveries are listed in pages", outstanding_deliveries_are_listed_in_pages},
      {"a job is fired by hand besides its schedule", a_job_is_fired_by_hand_besides_its_schedule},
      {"a job is fired by hand while it is paused", a_job_is_fired_by_hand_while_it_is_paused},
      {"two firings have two fire times", two_firings_have_two_fire_times},
      {"one delivery of a job at a time, whoever fires it",
       one_delivery_of_a_job_at_a_time_whoever_fires_it},
      {"a paused job fires again once it is resumed", a_paused_job_fires_again_once_it_is_resumed},
      {"a job that is resumed after the clock was set back fires under other ids",
       a_job_that_is_resumed_after_the_clock_was_set_back_fires_under_other_ids},
      {"a delivery goes on while its job is paused", a_delivery_goes_on_while_its_job_is_paused},
      {"a one-time job is due at once if its time came while it was paused",
       a_one_time_job_is_due_at_once_if_its_time_came_while_it_was_paused},
      {"what has no fire time left is neither paused nor resumed",
       what_has_no_fire_time_left_is_neither_paused_nor_resumed},
      {"a delivery that waits is hastened", a_delivery_that_waits_is_hastened},
      {"an exhausted delivery is attempted again, also when its job was purged",
       an_exhausted_delivery_is_attempted_again_also_when_its_job_was_purged},
      {"a delivery is attempted again with what its job says now",
       a_delivery_is_attempted_again_with_what_its_job_says_now},
      {"a job that comes back leaves its name to who has taken it",
       a_job_that_comes_back_leaves_its_name_to_who_has_taken_it},
      {"an attempt that was not made is not counted", an_attempt_that_was_not_made_is_not_counted},
      {"a superseded delivery is attempted again, unless another is outstanding",
       a_superseded_delivery_is_attempted_again_unless_another_is_outstanding},
      {"what cannot be attempted again", what_cannot_be_attempted_again},
      {"the log forgets what is old", the_log_forgets_what_is_old},
      {"much is forgotten in steps", much_is_forgotten_in_steps},
  };
}

}  // namespace jobsched::testing
