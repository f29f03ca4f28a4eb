#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "daemon/store/store.h"

namespace jobsched::testing {

// Makes a new, empty store that finds some rules for the zone "Test/Zone".
using StoreFactory = std::function<std::unique_ptr<Store>()>;

// A sentence of the contract, checked with a new store.
struct StoreCase {
  std::string rule;
  void (*check)(Store& store);
};

// Checks every sentence of daemon/store/store.h against stores of `make`, a new one for each case.
// Call it from a TEST_CASE of its own:
//
//   TEST_CASE("SqliteStore keeps the contract of a store") { check_store_conformance(make); }
void check_store_conformance(const StoreFactory& make);

// The cases of it, for a test that has to go through them by itself: each is for a store of its
// own.
std::vector<StoreCase> conformance_cases();

// The same for what a store says of the number of jobs that an account may have, which is
// kJobsPerAccount in the stores of `make`.
constexpr std::uint64_t kJobsPerAccount = 3;
void check_job_limit(const StoreFactory& make);

// The cases, by what they are about.
std::vector<StoreCase> job_cases();
std::vector<StoreCase> name_cases();
std::vector<StoreCase> idempotency_cases();
std::vector<StoreCase> delivery_cases();
std::vector<StoreCase> zone_cases();
std::vector<StoreCase> clock_cases();
std::vector<StoreCase> log_cases();
std::vector<StoreCase> secret_cases();
std::vector<StoreCase> account_cases();

}  // namespace jobsched::testing
