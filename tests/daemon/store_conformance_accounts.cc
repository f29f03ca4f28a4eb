#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "tests/daemon/store_conformance.h"
#include "tests/support/store_driver.h"

namespace jobsched::testing {

namespace {

KeyHash key(std::uint8_t byte) {
  KeyHash hash{};
  hash.fill(byte);
  return hash;
}

using Outcome = Result<void>;

Outcome add(Store& store, const std::string& name, std::uint8_t byte, std::int64_t now = 0) {
  return outcome<void>(store, [&](Done<void> done) {
    store.add_account(name, key(byte), at(now), std::move(done));
  });
}

Outcome rotate(Store& store, const std::string& name, std::uint8_t byte) {
  return outcome<void>(
      store, [&](Done<void> done) { store.rotate_key(name, key(byte), std::move(done)); });
}

Outcome remove(Store& store, AccountRemoval removal) {
  return outcome<void>(
      store, [&](Done<void> done) { store.remove_account(std::move(removal), std::move(done)); });
}

void check_kind(const Outcome& failed, ErrorKind kind) {
  REQUIRE_FALSE(failed);
  CHECK(failed.error().kind == kind);
}

Job job_of(const std::string& account, std::uint32_t number, std::int64_t due) {
  Job job = sample_once(number, at(due));
  job.account = account;
  return job;
}

void there_is_no_account_at_first(Store& store) {
  CHECK(store.accounts()->empty());
}

void an_account_without_a_key_is_none(Store& store) {
  REQUIRE(StoreDriver(store).create(job_of("default", 1, 0)));
  CHECK(store.accounts()->empty());
  check_kind(rotate(store, "default", 1), ErrorKind::kNotFound);
  check_kind(remove(store, {"default", true}), ErrorKind::kNotFound);
  CHECK(StoreDriver(store).ids("default").size() == 1);
}

void accounts_are_listed_by_name(Store& store) {
  REQUIRE(add(store, "bob", 2, 200));
  REQUIRE(add(store, "alice", 1, 100));
  CHECK(*store.accounts() ==
        std::vector<Account>{{"alice", key(1), at(100), 0}, {"bob", key(2), at(200), 0}});
}

void an_account_is_added_once(Store& store) {
  REQUIRE(add(store, "alice", 1, 100));
  check_kind(add(store, "alice", 2, 200), ErrorKind::kConflict);
  CHECK(*store.accounts() == std::vector<Account>{{"alice", key(1), at(100), 0}});
}

void an_account_that_has_jobs_already_can_be_given_a_key(Store& store) {
  REQUIRE(StoreDriver(store).create(job_of("default", 1, 0)));
  REQUIRE(add(store, "default", 1, 100));
  CHECK(*store.accounts() == std::vector<Account>{{"default", key(1), at(100), 1}});
}

void the_number_of_jobs_follows_them(Store& store) {
  StoreDriver driver(store);
  REQUIRE(add(store, "alice", 1));
  for (std::uint32_t number = 1; number <= 3; ++number)
    REQUIRE(driver.create(job_of("alice", number, 0)));
  CHECK(store.accounts()->at(0).jobs == 3);
  REQUIRE(driver.remove("alice", sample_id(2)));
  CHECK(store.accounts()->at(0).jobs == 2);
}

void a_new_key_ends_the_one_before(Store& store) {
  REQUIRE(add(store, "alice", 1, 100));
  REQUIRE(add(store, "bob", 2, 200));
  REQUIRE(rotate(store, "alice", 3));
  CHECK(*store.accounts() ==
        std::vector<Account>{{"alice", key(3), at(100), 0}, {"bob", key(2), at(200), 0}});
  check_kind(rotate(store, "carol", 4), ErrorKind::kNotFound);
}

void an_account_that_is_removed_is_gone(Store& store) {
  REQUIRE(add(store, "alice", 1));
  REQUIRE(add(store, "bob", 2));
  REQUIRE(remove(store, {"alice"}));
  CHECK(*store.accounts() == std::vector<Account>{{"bob", key(2), at(0), 0}});
  check_kind(remove(store, {"alice"}), ErrorKind::kNotFound);
  REQUIRE(add(store, "alice", 3, 300));
  CHECK(store.accounts()->at(0) == Account{"alice", key(3), at(300), 0});
}

void the_last_account_goes_only_if_that_is_allowed(Store& store) {
  REQUIRE(add(store, "alice", 1));
  REQUIRE(add(store, "bob", 2));
  REQUIRE(remove(store, {.name = "bob", .last_too = false}));
  check_kind(remove(store, {.name = "alice", .last_too = false}), ErrorKind::kConflict);
  CHECK(store.accounts()->size() == 1);
  REQUIRE(remove(store, {.name = "alice", .last_too = true}));
  CHECK(store.accounts()->empty());
}

void an_account_with_jobs_goes_only_with_them(Store& store) {
  REQUIRE(add(store, "alice", 1));
  REQUIRE(StoreDriver(store).create(job_of("alice", 1, 0)));
  check_kind(remove(store, {"alice"}), ErrorKind::kConflict);
  CHECK(StoreDriver(store).find("alice", sample_id(1)));
  REQUIRE(remove(store, {.name = "alice", .with_jobs = true}));
  CHECK_FALSE(StoreDriver(store).find("alice", sample_id(1)));
  CHECK(StoreDriver(store).counts().jobs == 0);
}

// Whoever comes to the name later finds nothing of the one before.
void everything_goes_with_an_account_and_nothing_of_another(Store& store) {
  StoreDriver driver(store);
  for (const auto& [name, byte] : {std::pair{"alice", 1}, std::pair{"bob", 2}}) {
    const auto number = static_cast<std::uint32_t>(byte) * 10;
    REQUIRE(add(store, name, static_cast<std::uint8_t>(byte)));
    REQUIRE(outcome<void>(store, [&](Done<void> done) {
      store.rotate_secret(name, *SigningSecret::from_bytes(std::string(32, 'x')), at(0), Millis{0},
                          std::move(done));
    }));
    REQUIRE(driver.create(job_of(name, number, 0)));      // exhausted
    REQUIRE(driver.create(job_of(name, number + 1, 1)));  // waits for a retry
    REQUIRE(driver.create(job_of(name, number + 2, 2)));  // in flight
  }
  const Claims claims = driver.claim(at(10));
  REQUIRE(claims.claims.size() == 6);
  std::vector<Claim> in_flight;
  for (const Claim& claim : claims.claims) {
    const std::int64_t due = (claim.delivery.fire_time - at(0)).count();
    if (due == 0) driver.record(claim, Exhausted{"no use"}, at(10));
    if (due == 1) driver.record(claim, RetryAt{at(20), 2}, at(10));
    if (due == 2) in_flight.push_back(claim);
  }
  REQUIRE(remove(store, {.name = "alice", .with_jobs = true}));
  for (const Claim& claim : in_flight)
    driver.record(claim, Accepted{}, at(11));

  REQUIRE(add(store, "alice", 3));
  CHECK(driver.ids("alice").empty());
  CHECK(store.deliveries("alice", {}, {}, 100)->empty());
  CHECK(store.secrets("alice", at(11))->empty());
  CHECK_FALSE(*store.find_delivery("alice", Delivery{sample_id(10), at(0), 1}));

  CHECK(driver.ids("bob") == std::vector{sample_id(21)});
  CHECK(store.deliveries("bob", {}, {}, 100)->size() == 3);
  CHECK(store.secrets("bob", at(11))->size() == 1);
  CHECK(driver.claim(at(20)).claims.size() == 1);
  CHECK(driver.counts().jobs == 1);
}

void what_is_on_its_way_does_not_outlive_its_account(Store& store) {
  StoreDriver driver(store);
  REQUIRE(driver.create(job_of("default", 1, 0)));
  REQUIRE(add(store, "alice", 1));
  REQUIRE(add(store, "bob", 2));
  REQUIRE(driver.create(job_of("alice", 2, 0)));
  REQUIRE(remove(store, {.name = "alice", .with_jobs = true}));
  for (const char* const name : {"alice", "default", "nobody"}) {
    const Result<Created> created = driver.create(job_of(name, 3, 0));
    REQUIRE_FALSE(created);
    CHECK(created.error().kind == ErrorKind::kForbidden);
    check_kind(outcome<void>(store,
                             [&](Done<void> done) {
                               store.rotate_secret(name,
                                                   *SigningSecret::from_bytes(std::string(32, 'x')),
                                                   at(0), Millis{0}, std::move(done));
                             }),
               ErrorKind::kForbidden);
  }
  REQUIRE(add(store, "alice", 3));
  CHECK(driver.ids("alice").empty());
  CHECK(driver.create(job_of("alice", 3, 0)));
  CHECK(driver.ids("default").size() == 1);
  REQUIRE(remove(store, {.name = "alice", .with_jobs = true}));
  REQUIRE(remove(store, {"bob"}));
  CHECK(driver.create(job_of("default", 4, 0)));
}

void changes_of_one_group_are_made_in_their_order(Store& store) {
  std::vector<bool> done;
  const auto note = [&](const Outcome& one) { done.push_back(one.has_value()); };
  const auto ignore = [](const Result<Created>&) {};
  store.add_account("alice", key(1), at(0), note);
  store.create(job_of("alice", 1, 0), ignore);
  store.remove_account({"alice"}, note);
  store.remove_account({.name = "alice", .with_jobs = true}, note);
  store.add_account("bob", key(2), at(0), note);
  store.create(job_of("bob", 2, 0), ignore);
  store.add_account("alice", key(3), at(0), note);
  while (store.commit_group()) {
  }
  CHECK(done == std::vector{true, false, true, true, true});
  CHECK(*store.accounts() ==
        std::vector<Account>{{"alice", key(3), at(0), 0}, {"bob", key(2), at(0), 1}});
}

}  // namespace

std::vector<StoreCase> account_cases() {
  return {
      {"there is no account at first", there_is_no_account_at_first},
      {"an account without a key is none", an_account_without_a_key_is_none},
      {"accounts are listed by name", accounts_are_listed_by_name},
      {"an account is added once", an_account_is_added_once},
      {"an account that has jobs already can be given a key",
       an_account_that_has_jobs_already_can_be_given_a_key},
      {"the number of an account's jobs follows them", the_number_of_jobs_follows_them},
      {"a new key ends the one before", a_new_key_ends_the_one_before},
      {"an account that is removed is gone", an_account_that_is_removed_is_gone},
      {"the last account goes only if that is allowed",
       the_last_account_goes_only_if_that_is_allowed},
      {"an account with jobs goes only with them", an_account_with_jobs_goes_only_with_them},
      {"everything goes with an account, and nothing of another",
       everything_goes_with_an_account_and_nothing_of_another},
      {"what is on its way does not outlive its account",
       what_is_on_its_way_does_not_outlive_its_account},
      {"changes of accounts of one group are made in their order",
       changes_of_one_group_are_made_in_their_order},
  };
}

}  // namespace jobsched::testing
