#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "tests/daemon/store_conformance.h"
#include "tests/support/store_driver.h"

namespace jobsched::testing {

namespace {

Job job_of(std::uint32_t number, const std::string& account = "default") {
  Job job = sample_once(number, at(1'000));
  job.account = account;
  return job;
}

Result<std::vector<Created>> create_all(Store& store, std::vector<Job> jobs) {
  return outcome<std::vector<Created>>(store, [&](Done<std::vector<Created>> done) {
    store.create_all(std::move(jobs), std::move(done));
  });
}

template <class T>
void check_forbidden(const Result<T>& refused) {
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::kForbidden);
}

void an_account_has_no_more_than_it_may_have(Store& store) {
  StoreDriver driver(store);
  for (std::uint32_t number = 1; number <= kJobsPerAccount; ++number)
    CHECK(driver.create(job_of(number)));
  check_forbidden(driver.create(job_of(9)));
  CHECK(driver.ids("default").size() == kJobsPerAccount);
  CHECK(driver.create(job_of(10, "other")));
  REQUIRE(driver.remove("default", sample_id(1)));
  CHECK(driver.create(job_of(9)));
}

void a_list_is_created_as_a_whole_or_not_at_all(Store& store) {
  StoreDriver driver(store);
  REQUIRE(driver.create(job_of(1)));
  check_forbidden(create_all(store, {job_of(2), job_of(3), job_of(4)}));
  CHECK(driver.ids("default").size() == 1);
  CHECK(create_all(store, {job_of(2), job_of(3)}));
}

void a_job_that_takes_the_place_of_another_needs_no_room(Store& store) {
  StoreDriver driver(store);
  Job named = job_of(1);
  named.spec.name = "nightly";
  for (const Job& job : {named, job_of(2), job_of(3)})
    REQUIRE(driver.create(job));
  named.id = sample_id(4);
  CHECK(driver.create(named) == Created{sample_id(1), true});
  CHECK(driver.replace("default", sample_id(2), job_of(2).spec, at(2'000)));
}

void jobs_of_one_group_count(Store& store) {
  std::vector<bool> created;
  for (std::uint32_t number = 1; number <= kJobsPerAccount + 1; ++number) {
    store.create(job_of(number),
                 [&](const Result<Created>& one) { created.push_back(one.has_value()); });
  }
  while (store.commit_group()) {
  }
  CHECK(created == std::vector{true, true, true, false});
}

}  // namespace

void check_job_limit(const StoreFactory& make) {
  const std::vector<StoreCase> cases{
      {"an account has no more jobs than it may have", an_account_has_no_more_than_it_may_have},
      {"a list is created as a whole or not at all", a_list_is_created_as_a_whole_or_not_at_all},
      {"a job that takes the place of another needs no room",
       a_job_that_takes_the_place_of_another_needs_no_room},
      {"jobs of one group count", jobs_of_one_group_count},
  };
  for (const StoreCase& one : cases) {
    SUBCASE(one.rule.c_str()) {
      const std::unique_ptr<Store> store = make();
      one.check(*store);
    }
  }
}

}  // namespace jobsched::testing
