#include <optional>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/daemon/store_conformance.h"
#include "tests/support/store_driver.h"

namespace jobsched::testing {

namespace {

constexpr std::int64_t kDay = 86'400'000;

IdempotencyKey key_of(std::string key, std::uint8_t request = 1, std::string account = "default") {
  IdempotencyKey made{std::move(account), std::move(key), {}};
  made.request.fill(request);
  return made;
}

Result<CreatedOnce> create_once(Store& store,
                                const IdempotencyKey& key,
                                std::vector<Job> jobs,
                                Instant now = at(0)) {
  return outcome<CreatedOnce>(store, [&](Done<CreatedOnce> done) {
    store.create_once(key, std::move(jobs), now, std::move(done));
  });
}

Job job_of(std::uint32_t number) {
  return sample_once(number, at(1'000));
}

CreatedOnce created(std::vector<Created> jobs, std::int64_t first = 0, bool repeated = false) {
  return {std::move(jobs), at(first), repeated};
}

// That one job was created, and its number.
CreatedOnce created(std::uint32_t number, std::int64_t first = 0, bool repeated = false) {
  return created({{sample_id(number)}}, first, repeated);
}

void a_key_creates_once(Store& store) {
  StoreDriver driver(store);
  CHECK(store.find_created(key_of("k"), at(0)) == std::nullopt);
  CHECK(create_once(store, key_of("k"), {job_of(1)}) == created(1));
  CHECK(store.find_created(key_of("k"), at(5)) == created(1, 0, true));
  CHECK(create_once(store, key_of("k"), {job_of(2)}, at(5)) == created(1, 0, true));
  CHECK(driver.ids("default") == std::vector{sample_id(1)});
  check_same(*driver.find("default", sample_id(1)), job_of(1));
  CHECK(create_once(store, key_of("K"), {job_of(3)}, at(6)) == created(3, 6));
  CHECK(driver.counts().jobs == 2);
}

void a_key_of_another_request_is_refused(Store& store) {
  StoreDriver driver(store);
  REQUIRE(create_once(store, key_of("k", 1), {job_of(1)}));
  const auto refused = create_once(store, key_of("k", 2), {job_of(2)});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::kInvalid);
  const auto found = store.find_created(key_of("k", 2), at(0));
  REQUIRE_FALSE(found);
  CHECK(found.error().kind == ErrorKind::kInvalid);
  CHECK(driver.ids("default") == std::vector{sample_id(1)});
}

void a_key_is_known_for_a_day(Store& store) {
  StoreDriver driver(store);
  REQUIRE(create_once(store, key_of("k"), {job_of(1)}, at(0)));
  CHECK(store.find_created(key_of("k"), at(kDay - 1)) == created(1, 0, true));
  CHECK(create_once(store, key_of("k"), {job_of(2)}, at(kDay - 1)) == created(1, 0, true));
  CHECK(store.find_created(key_of("k", 2), at(kDay)) == std::nullopt);
  // Then it is as good as new, also for another request.
  CHECK(create_once(store, key_of("k", 2), {job_of(3)}, at(kDay)) == created(3, kDay));
  CHECK(store.find_created(key_of("k", 2), at(kDay)) == created(3, kDay, true));
  // A clock that was set back does not make it unknown.
  CHECK(store.find_created(key_of("k", 2), at(0)) == created(3, kDay, true));
  CHECK(driver.counts().jobs == 2);
}

void old_keys_give_way_to_new_ones(Store& store) {
  std::uint32_t number = 0;
  for (std::int64_t day = 0; day < 3; ++day) {
    for (const char* key : {"a", "b", "c", "d", "e"})
      REQUIRE(create_once(store, key_of(key), {job_of(++number)}, at(day * kDay)));
    for (const char* key : {"a", "b", "c", "d", "e"}) {
      const auto found = store.find_created(key_of(key), at(day * kDay));
      REQUIRE(found);
      REQUIRE(*found);
      CHECK((*found)->first == at(day * kDay));
    }
  }
}

void a_key_covers_many_jobs_or_none(Store& store) {
  StoreDriver driver(store);
  Job named = job_of(3);
  named.spec.name = "n";
  REQUIRE(driver.create(named));
  Job replacement = job_of(2);
  replacement.spec.name = "n";
  const std::vector<Created> both{{sample_id(1)}, {sample_id(3), true}};
  CHECK(create_once(store, key_of("k"), {job_of(1), replacement}) == created(both));
  CHECK(create_once(store, key_of("k"), {job_of(4), job_of(5)}) == created(both, 0, true));
  CHECK(driver.ids("default") == std::vector{sample_id(1), sample_id(3)});
  CHECK(create_once(store, key_of("none"), {}) == created(std::vector<Created>{}));
  CHECK(create_once(store, key_of("none"), {}) == created(std::vector<Created>{}, 0, true));
}

void what_fails_leaves_its_key_free(Store& store) {
  StoreDriver driver(store);
  REQUIRE(driver.create(job_of(1)));
  const auto failed = create_once(store, key_of("k"), {job_of(2), job_of(1)});
  REQUIRE_FALSE(failed);
  CHECK(failed.error().kind == ErrorKind::kConflict);
  CHECK(driver.ids("default") == std::vector{sample_id(1)});
  CHECK(store.find_created(key_of("k"), at(0)) == std::nullopt);
  CHECK(create_once(store, key_of("k", 2), {job_of(3)}) == created(3));
}

void two_requests_of_a_key_in_a_group_create_once(Store& store) {
  std::vector<Result<CreatedOnce>> answers;
  for (const std::uint32_t number : {1U, 2U, 3U}) {
    store.create_once(key_of("k", number == 3 ? 2 : 1), {job_of(number)}, at(number),
                      [&](Result<CreatedOnce> answer) { answers.push_back(std::move(answer)); });
  }
  CHECK(store.commit_group());
  REQUIRE(answers.size() == 3);
  CHECK(answers[0] == created(1, 1));
  CHECK(answers[1] == created(1, 1, true));
  REQUIRE_FALSE(answers[2]);
  CHECK(answers[2].error().kind == ErrorKind::kInvalid);
  CHECK(StoreDriver(store).ids("default") == std::vector{sample_id(1)});
}

void a_key_outlives_its_job(Store& store) {
  StoreDriver driver(store);
  REQUIRE(create_once(store, key_of("k"), {job_of(1)}));
  REQUIRE(driver.remove("default", sample_id(1)));
  CHECK(create_once(store, key_of("k"), {job_of(2)}) == created(1, 0, true));
  CHECK(driver.counts().jobs == 0);
}

void a_key_is_of_one_account(Store& store) {
  StoreDriver driver(store);
  REQUIRE(create_once(store, key_of("k"), {job_of(1)}));
  CHECK(store.find_created(key_of("k", 2, "other"), at(0)) == std::nullopt);
  Job job = job_of(2);
  job.account = "other";
  CHECK(create_once(store, key_of("k", 2, "other"), {job}) == created(2));
}

void an_account_takes_its_keys_with_it(Store& store) {
  const auto add = [&](const std::string& name) {
    return outcome<void>(store, [&](Done<void> done) {
      store.add_account(name, hash_account_key(name), at(0), std::move(done));
    });
  };
  REQUIRE(add("alice"));
  REQUIRE(add("bob"));
  Job job = job_of(1);
  job.account = "alice";
  REQUIRE(create_once(store, key_of("k", 1, "alice"), {job}));
  REQUIRE(outcome<void>(store, [&](Done<void> done) {
    store.remove_account({.name = "alice", .with_jobs = true}, std::move(done));
  }));
  const auto refused = create_once(store, key_of("k", 1, "alice"), {job});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::kForbidden);
  REQUIRE(add("alice"));
  CHECK(store.find_created(key_of("k", 1, "alice"), at(0)) == std::nullopt);
}

}  // namespace

std::vector<StoreCase> idempotency_cases() {
  return {
      {"a key creates once", a_key_creates_once},
      {"a key of another request is refused", a_key_of_another_request_is_refused},
      {"a key is known for a day", a_key_is_known_for_a_day},
      {"old keys give way to new ones", old_keys_give_way_to_new_ones},
      {"a key covers many jobs, or none", a_key_covers_many_jobs_or_none},
      {"what fails leaves its key free", what_fails_leaves_its_key_free},
      {"two requests of a key in a group create once",
       two_requests_of_a_key_in_a_group_create_once},
      {"a key outlives its job", a_key_outlives_its_job},
      {"a key is of one account", a_key_is_of_one_account},
      {"an account takes its keys with it", an_account_takes_its_keys_with_it},
  };
}

}  // namespace jobsched::testing
