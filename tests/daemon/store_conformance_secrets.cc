#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "tests/daemon/store_conformance.h"
#include "tests/support/store_driver.h"

namespace jobsched::testing {

namespace {

constexpr Millis kOverlap{10'000};

SigningSecret secret(char letter) {
  return *SigningSecret::from_bytes(std::string(32, letter));
}

void rotate(Store& store,
            char letter,
            std::int64_t now,
            Millis overlap = kOverlap,
            const std::string& account = "default") {
  REQUIRE(outcome<void>(store, [&](Done<void> done) {
    store.rotate_secret(account, secret(letter), at(now), overlap, std::move(done));
  }));
}

void remove(Store& store, const std::string& account = "default") {
  REQUIRE(outcome<void>(store,
                        [&](Done<void> done) { store.remove_secrets(account, std::move(done)); }));
}

std::vector<AccountSecret> secrets(const Store& store,
                                   std::int64_t now,
                                   std::string_view account = "default") {
  return store.secrets(account, at(now)).value();
}

// The first letters of the secrets that come with the only claim at `now`, of a job made for it.
std::string claimed(Store& store, std::int64_t now) {
  static constexpr std::uint32_t kFirstJob = 1'000;
  StoreDriver driver(store);
  REQUIRE(driver.create(sample_once(kFirstJob + static_cast<std::uint32_t>(now), at(now))));
  const Claims claims = driver.claim(at(now));
  REQUIRE(claims.claims.size() == 1);
  driver.record(claims.claims[0], Accepted{});
  std::string letters;
  for (const SigningSecret& one : claims.claims[0].secrets)
    letters += one.bytes().front();
  return letters;
}

void an_account_has_no_secret_at_first(Store& store) {
  CHECK(secrets(store, 0).empty());
  CHECK(claimed(store, 1).empty());
}

void a_secret_has_no_end_until_another_takes_its_place(Store& store) {
  rotate(store, 'a', 0);
  CHECK(secrets(store, 0) == std::vector<AccountSecret>{{secret('a'), at(0)}});
  rotate(store, 'b', 5'000);
  const std::vector<AccountSecret> both{{secret('b'), at(5'000)}, {secret('a'), at(0), at(15'000)}};
  CHECK(secrets(store, 5'000) == both);
  CHECK(secrets(store, 14'999) == both);
  CHECK(secrets(store, 15'000) == std::vector<AccountSecret>{{secret('b'), at(5'000)}});
}

void at_most_two_are_in_use(Store& store) {
  rotate(store, 'a', 0);
  rotate(store, 'b', 1'000);
  rotate(store, 'c', 2'000);
  CHECK(secrets(store, 2'000) ==
        std::vector<AccountSecret>{{secret('c'), at(2'000)}, {secret('b'), at(1'000), at(12'000)}});
}

void without_an_overlap_the_one_before_ends_at_once(Store& store) {
  rotate(store, 'a', 0);
  rotate(store, 'b', 1'000, Millis{0});
  CHECK(secrets(store, 1'000) == std::vector<AccountSecret>{{secret('b'), at(1'000)}});
}

void the_newest_is_the_last_that_was_made_whatever_the_clock_says(Store& store) {
  rotate(store, 'a', 5'000);
  rotate(store, 'b', 1'000);
  CHECK(secrets(store, 1'000) ==
        std::vector<AccountSecret>{{secret('b'), at(1'000)}, {secret('a'), at(5'000), at(11'000)}});
}

void a_claim_has_the_secrets_that_are_in_use_then(Store& store) {
  CHECK(claimed(store, 1).empty());
  rotate(store, 'a', 1'000);
  CHECK(claimed(store, 1'001) == "a");
  rotate(store, 'b', 2'000);
  CHECK(claimed(store, 2'001) == "ba");
  CHECK(claimed(store, 11'999) == "ba");
  CHECK(claimed(store, 12'000) == "b");
  remove(store);
  CHECK(claimed(store, 12'001).empty());
}

void a_retry_has_the_secrets_of_its_own_time(Store& store) {
  StoreDriver driver(store);
  rotate(store, 'a', 0);
  REQUIRE(driver.create(sample_once(1, at(1'000))));
  const Claim first = driver.claim(at(1'000)).claims.at(0);
  CHECK(first.secrets == std::vector{secret('a')});
  rotate(store, 'b', 2'000, Millis{0});
  driver.record(first, RetryAt{at(3'000), 2});
  CHECK(driver.claim(at(3'000)).claims.at(0).secrets == std::vector{secret('b')});
}

void accounts_have_secrets_of_their_own(Store& store) {
  StoreDriver driver(store);
  rotate(store, 'a', 0);
  rotate(store, 'b', 0, kOverlap, "other");
  Job of_other = sample_once(2, at(1));
  of_other.account = "other";
  Job of_third = sample_once(3, at(2));
  of_third.account = "third";
  for (const Job& job : {sample_once(1, at(0)), of_other, of_third})
    REQUIRE(driver.create(job));
  const Claims claims = driver.claim(at(10));
  REQUIRE(claims.claims.size() == 3);
  CHECK(claims.claims[0].secrets == std::vector{secret('a')});
  CHECK(claims.claims[1].secrets == std::vector{secret('b')});
  CHECK(claims.claims[2].secrets.empty());
  remove(store);
  CHECK(secrets(store, 10).empty());
  CHECK(secrets(store, 10, "other").size() == 1);
}

void removing_what_is_not_there_is_no_error(Store& store) {
  remove(store, "nobody");
  rotate(store, 'a', 0);
  remove(store);
  remove(store);
  CHECK(secrets(store, 0).empty());
  rotate(store, 'b', 1'000);
  CHECK(secrets(store, 1'000) == std::vector<AccountSecret>{{secret('b'), at(1'000)}});
}

void an_account_may_have_a_secret_before_its_first_job(Store& store) {
  rotate(store, 'a', 0, kOverlap, "new");
  CHECK(secrets(store, 0, "new").size() == 1);
  StoreDriver driver(store);
  CHECK(driver.ids("new").empty());
  CHECK(driver.counts().jobs == 0);
}

void changes_of_one_group_are_made_in_their_order(Store& store) {
  StoreDriver driver(store);
  REQUIRE(driver.create(sample_once(1, at(0))));
  REQUIRE(driver.create(sample_once(2, at(1))));
  std::vector<Claims> claims;
  const auto claim = [&](std::int64_t now) {
    store.claim_due(at(now), 1, StoreDriver::kMisfire, {1, StoreDriver::kLease},
                    [&](Result<Claims> found) { claims.push_back(std::move(found).value()); });
  };
  claim(0);
  store.rotate_secret("default", secret('a'), at(0), kOverlap, [](const Result<void>&) {});
  claim(1);
  while (store.commit_group()) {
  }
  REQUIRE(claims.size() == 2);
  CHECK(claims[0].claims.at(0).secrets.empty());
  CHECK(claims[1].claims.at(0).secrets == std::vector{secret('a')});
}

}  // namespace

std::vector<StoreCase> secret_cases() {
  return {
      {"an account has no signing secret at first", an_account_has_no_secret_at_first},
      {"a secret has no end until another takes its place",
       a_secret_has_no_end_until_another_takes_its_place},
      {"at most two secrets are in use", at_most_two_are_in_use},
      {"without an overlap the secret before ends at once",
       without_an_overlap_the_one_before_ends_at_once},
      {"the newest secret is the last that was made, whatever the clock says",
       the_newest_is_the_last_that_was_made_whatever_the_clock_says},
      {"a claim has the secrets that are in use then",
       a_claim_has_the_secrets_that_are_in_use_then},
      {"a retry has the secrets of its own time", a_retry_has_the_secrets_of_its_own_time},
      {"accounts have secrets of their own", accounts_have_secrets_of_their_own},
      {"removing secrets that are not there is no error", removing_what_is_not_there_is_no_error},
      {"an account may have a secret before its first job",
       an_account_may_have_a_secret_before_its_first_job},
      {"changes of secrets and claims of one group are made in their order",
       changes_of_one_group_are_made_in_their_order},
  };
}

}  // namespace jobsched::testing
