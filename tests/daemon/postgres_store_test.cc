#include "daemon/store/postgres/postgres_store.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "tests/daemon/store_conformance.h"
#include "tests/support/instants.h"
#include "tests/support/postgres_server.h"
#include "tests/support/shifted_zone.h"
#include "tests/support/store_driver.h"

namespace jobsched::testing {

namespace {

PostgresStoreOptions strict_options(std::uint64_t instance = 1) {
  PostgresStoreOptions options;
  options.damaged = [](const Error& error) { FAIL_CHECK(error.detail); };
  options.zones = always_find(shifted_zone("Test/Zone", 1));
  options.instance = instance;
  options.clock = StoreClock::kCaller;
  return options;
}

std::unique_ptr<PostgresStore> open_store(const std::string& uri,
                                          PostgresStoreOptions options = strict_options()) {
  auto store = PostgresStore::open(uri, std::move(options));
  if (!store) FAIL(store.error().detail);
  return *std::move(store);
}

}  // namespace

TEST_CASE("PostgresStore keeps the contract of a store") {
  const auto server = PostgresServer::start();
  if (server == nullptr) return;
  const std::string uri = server->new_database();
  check_store_conformance([&] {
    server->execute("jobsched", "DROP SCHEMA IF EXISTS jobsched CASCADE");
    return open_store(uri);
  });
}

TEST_CASE("PostgresStore keeps to the number of jobs that an account may have") {
  const auto server = PostgresServer::start();
  if (server == nullptr) return;
  check_job_limit([&] {
    PostgresStoreOptions options = strict_options();
    options.jobs_per_account = kJobsPerAccount;
    return open_store(server->new_database(), std::move(options));
  });
}

}  // namespace jobsched::testing
