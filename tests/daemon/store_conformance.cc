#include "tests/daemon/store_conformance.h"

#include <doctest/doctest.h>

namespace jobsched::testing {

std::vector<StoreCase> conformance_cases() {
  std::vector<StoreCase> cases = job_cases();
  for (const auto& more : {name_cases(), idempotency_cases(), delivery_cases(), log_cases(),
                           zone_cases(), clock_cases(), secret_cases(), account_cases()})
    cases.insert(cases.end(), more.begin(), more.end());
  return cases;
}

void check_store_conformance(const StoreFactory& make) {
  for (const StoreCase& one : conformance_cases()) {
    SUBCASE(one.rule.c_str()) {
      const std::unique_ptr<Store> store = make();
      one.check(*store);
    }
  }
}

}  // namespace jobsched::testing
