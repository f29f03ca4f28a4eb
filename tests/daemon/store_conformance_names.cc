#include <optional>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/daemon/store_conformance.h"
#include "tests/support/store_driver.h"

namespace jobsched::testing {

namespace {

using AllCreated = std::vector<Created>;

constexpr std::string_view kTenMinutely = "0 0/10 * * * ?";
constexpr std::int64_t kTenMinutes = 600'000;

Job named(Job job, std::optional<std::string> name) {
  job.spec.name = std::move(name);
  return job;
}

Job with_account(Job job, std::string account) {
  job.account = std::move(account);
  return job;
}

// A job that took the place of the one whose id is `number`.
Job in_place_of(std::uint32_t number, Job job) {
  job.id = sample_id(number);
  return job;
}

void check_refused_for_its_name(const Result<void>& result, std::uint32_t taken_by) {
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().kind == ErrorKind::kConflict);
  CHECK(result.error().field == "name");
  CHECK(result.error().detail.find(format_job_id(sample_id(taken_by))) != std::string::npos);
}

void a_new_name_makes_a_new_job(Store& store) {
  StoreDriver driver(store);
  const Job first = named(sample_once(1, at(0)), "a");
  CHECK(driver.create(first) == Created{sample_id(1), false});
  CHECK(driver.create(named(sample_once(2, at(0)), "A")) == Created{sample_id(2), false});
  CHECK(driver.create(sample_once(3, at(0))) == Created{sample_id(3), false});
  CHECK(driver.create(sample_once(4, at(0))) == Created{sample_id(4), false});
  CHECK(driver.counts().jobs == 4);
  check_same(*driver.find("default", sample_id(1)), first);
}

void a_name_that_is_there_replaces_its_job(Store& store) {
  StoreDriver driver(store);
  REQUIRE(driver.create(named(sample_once(1, at(1'000)), "a")));
  const Job second = named(sample_cron(2, kTenMinutely, at(-1)), "a");
  CHECK(driver.create(second) == Created{sample_id(1), true});
  check_same(*driver.find("default", sample_id(1)), in_place_of(1, second));
  CHECK_FALSE(driver.find("default", sample_id(2)));
  CHECK(driver.ids("default") == std::vector{sample_id(1)});
  CHECK(driver.counts().jobs == 1);
  CHECK(driver.counts().next_due == second.next);
  // Also one that is paused, or that has fired and is waiting for its delivery to end.
  Job paused = named(sample_once(3, at(0)), "a");
  paused.spec.paused = true;
  paused.next.reset();
  CHECK(driver.create(paused) == Created{sample_id(1), true});
  check_same(*driver.find("default", sample_id(1)), in_place_of(1, paused));
}

void a_name_is_of_one_account(Store& store) {
  StoreDriver driver(store);
  REQUIRE(driver.create(named(sample_once(1, at(0)), "a")));
  const Job other = with_account(named(sample_once(2, at(0)), "a"), "other");
  CHECK(driver.create(other) == Created{sample_id(2), false});
  CHECK(driver.counts().jobs == 2);
  CHECK(driver.create(with_account(named(sample_once(3, at(0)), "a"), "other")) ==
        Created{sample_id(2), true});
  check_same(*driver.find("default", sample_id(1)), named(sample_once(1, at(0)), "a"));
}

void a_replacement_by_name_ends_the_old_delivery(Store& store) {
  StoreDriver driver(store);
  REQUIRE(driver.create(named(sample_once(1, at(0)), "a")));
  const Claim claim = driver.claim(at(0)).claims.at(0);
  CHECK(driver.create(named(sample_once(2, at(5'000)), "a")) == Created{sample_id(1), true});
  driver.record(claim, Accepted{});  // passed over: the job is another now
  CHECK(driver.claim(at(4'999)).claims.empty());
  CHECK(driver.claim(at(5'000)).claims.at(0).delivery == Delivery{sample_id(1), at(5'000)});
}

void a_replacement_by_name_fires_again_under_another_id_at_a_time_that_comes_twice(Store& store) {
  StoreDriver driver(store);
  REQUIRE(driver.create(named(sample_cron(1, kTenMinutely, at(-1)), "a")));
  const Claim claim = driver.claim(at(0)).claims.at(0);
  driver.record(claim, Accepted{});
  // The clock was set back.
  REQUIRE(driver.create(named(sample_cron(2, kTenMinutely, at(-kTenMinutes)), "a")));
  const Claims again = driver.claim(at(0));
  REQUIRE(again.claims.size() == 1);
  CHECK(again.claims.at(0).delivery.epoch == claim.delivery.epoch + 1);
}

void two_creates_of_one_name_in_a_group_make_one_job(Store& store) {
  std::vector<Created> answers;
  for (const std::uint32_t number : {1U, 2U, 3U}) {
    store.create(named(sample_once(number, at(number)), number == 2 ? "b" : "a"),
                 [&](const Result<Created>& created) {
                   REQUIRE(created.has_value());
                   answers.push_back(*created);
                 });
  }
  CHECK(store.commit_group());
  CHECK(answers == AllCreated{{sample_id(1), false}, {sample_id(2), false}, {sample_id(1), true}});
  StoreDriver driver(store);
  CHECK(driver.ids("default") == std::vector{sample_id(1), sample_id(2)});
  CHECK(driver.find("default", sample_id(1))->next == at(3));
}

Result<AllCreated> create_all(Store& store, const std::vector<Job>& jobs) {
  return outcome<AllCreated>(
      store, [&](Done<AllCreated> done) { store.create_all(jobs, std::move(done)); });
}

void names_in_a_list_apply_in_order(Store& store) {
  StoreDriver driver(store);
  REQUIRE(driver.create(named(sample_once(1, at(0)), "a")));
  CHECK(create_all(store, {named(sample_once(2, at(2)), "b"), named(sample_once(3, at(3)), "a"),
                           sample_once(4, at(4)), named(sample_once(5, at(5)), "b")}) ==
        AllCreated{{sample_id(2), false},
                   {sample_id(1), true},
                   {sample_id(4), false},
                   {sample_id(2), true}});
  CHECK(driver.ids("default") == std::vector{sample_id(1), sample_id(2), sample_id(4)});
  CHECK(driver.find("default", sample_id(1))->next == at(3));
  CHECK(driver.find("default", sample_id(2))->next == at(5));
  CHECK(driver.counts().jobs == 3);
}

void a_list_that_fails_replaces_nothing(Store& store) {
  StoreDriver driver(store);
  const Job job = named(sample_once(1, at(0)), "a");
  REQUIRE(driver.create(job));
  const Claim claim = driver.claim(at(0)).claims.at(0);
  CHECK_FALSE(create_all(store, {named(sample_once(2, at(9)), "a"), sample_once(1, at(9))}));
  CHECK(driver.find("default", sample_id(1))->spec.name == "a");
  CHECK(driver.counts().jobs == 1);
  driver.record(claim, Accepted{});
  CHECK_FALSE(driver.find("default", sample_id(1)));
}

void a_replacement_may_keep_change_or_drop_the_name(Store& store) {
  StoreDriver driver(store);
  REQUIRE(driver.create(named(sample_once(1, at(0)), "a")));
  for (const std::optional<std::string>& name :
       std::vector<std::optional<std::string>>{"a", "b", {}, "a"}) {
    const Job next = named(sample_once(1, at(7)), name);
    REQUIRE(driver.replace("default", sample_id(1), next.spec, next.next));
    check_same(*driver.find("default", sample_id(1)), next);
  }
}

void a_replacement_cannot_take_the_name_of_another_job(Store& store) {
  StoreDriver driver(store);
  const Job first = named(sample_once(1, at(1'000)), "a");
  const Job second = named(sample_once(2, at(0)), "b");
  REQUIRE(driver.create(first));
  REQUIRE(driver.create(second));
  REQUIRE(driver.create(with_account(sample_once(3, at(5'000)), "other")));
  const Claim claim = driver.claim(at(0)).claims.at(0);
  const JobSpec taken = named(sample_once(2, at(9)), "a").spec;
  check_refused_for_its_name(driver.replace("default", sample_id(2), taken, at(9)), 1);
  CHECK(driver.find("default", sample_id(2))->spec.name == "b");
  CHECK(driver.replace("other", sample_id(3), taken, at(9)).has_value());
  // The delivery that was outstanding still is.
  driver.record(claim, RetryAt{at(2), 2});
  CHECK(driver.claim(at(2)).claims.at(0).delivery == Delivery{sample_id(2), at(0), 2});
}

void a_name_is_free_again_once_its_job_is_gone(Store& store) {
  StoreDriver driver(store);
  REQUIRE(driver.create(named(sample_once(1, at(0)), "a")));
  REQUIRE(driver.remove("default", sample_id(1)));
  CHECK(driver.create(named(sample_once(2, at(0)), "a")) == Created{sample_id(2), false});
  driver.record(driver.claim(at(0)).claims.at(0), Accepted{});
  CHECK(driver.create(named(sample_once(3, at(0)), "a")) == Created{sample_id(3), false});
  const JobSpec unnamed = sample_once(3, at(0)).spec;
  REQUIRE(driver.replace("default", sample_id(3), unnamed, at(0)));
  CHECK(driver.create(named(sample_once(4, at(0)), "a")) == Created{sample_id(4), false});
}

}  // namespace

std::vector<StoreCase> name_cases() {
  return {
      {"a new name makes a new job", a_new_name_makes_a_new_job},
      {"a name that is there replaces its job", a_name_that_is_there_replaces_its_job},
      {"a name is of one account", a_name_is_of_one_account},
      {"a replacement by name ends the old delivery", a_replacement_by_name_ends_the_old_delivery},
      {"a replacement by name fires again under another id at a time that comes twice",
       a_replacement_by_name_fires_again_under_another_id_at_a_time_that_comes_twice},
      {"two creates of one name in a group make one job",
       two_creates_of_one_name_in_a_group_make_one_job},
      {"names in a list apply in order", names_in_a_list_apply_in_order},
      {"a list that fails replaces nothing", a_list_that_fails_replaces_nothing},
      {"a replacement may keep, change or drop the name",
       a_replacement_may_keep_change_or_drop_the_name},
      {"a replacement cannot take the name of another job",
       a_replacement_cannot_take_the_name_of_another_job},
      {"a name is free again once its job is gone", a_name_is_free_again_once_its_job_is_gone},
  };
}

}  // namespace jobsched::testing
