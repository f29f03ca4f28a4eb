#include "tests/support/memory_store.h"

#include <memory>

#include <doctest/doctest.h>

#include "tests/daemon/store_conformance.h"

namespace jobsched::testing {

TEST_CASE("MemoryStore keeps the contract of a store") {
  check_store_conformance([] { return std::make_unique<MemoryStore>(); });
}

TEST_CASE("MemoryStore keeps to the number of jobs that an account may have") {
  check_job_limit([] { return std::make_unique<MemoryStore>(kJobsPerAccount); });
}

}  // namespace jobsched::testing
