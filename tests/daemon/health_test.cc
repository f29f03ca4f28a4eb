#include "daemon/health.h"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "tests/support/fake_clock.h"
#include "tests/support/memory_store.h"
#include "tests/support/sample_jobs.h"
#include "tests/support/store_driver.h"

using namespace std::chrono_literals;

namespace jobsched::testing {

namespace {

const Error kFull{ErrorKind::kStoreFull, "the disk is full; make room", {}, {}};

struct HealthRig {
  FakeClock clock{kStart};
  MemoryStore store;
  Health health{clock};

  // Empty if the daemon is ready.
  std::string reason() const {
    const Result<void> ready = health.ready(store);
    if (ready) return {};
    CHECK(ready.error().kind == ErrorKind::kUnavailable);
    return ready.error().detail;
  }
};

}  // namespace

TEST_CASE("a daemon is ready until a commit fails, and again after one that does not") {
  HealthRig rig;
  CHECK(rig.reason().empty());
  CHECK_FALSE(rig.health.committed(kFull));
  CHECK(rig.reason() == "the store cannot be written: the disk is full; make room");
  CHECK(rig.health.committed(kFull) == kFull.detail);
  CHECK(rig.health.committed({}) == kFull.detail);
  CHECK(rig.reason().empty());
  CHECK_FALSE(rig.health.committed({}));
}

TEST_CASE("a commit that failed counts for ten seconds, as there may be no further one") {
  HealthRig rig;
  rig.health.committed(kFull);
  rig.clock.advance(10s);
  CHECK_FALSE(rig.reason().empty());
  rig.clock.advance(1ms);
  CHECK(rig.reason().empty());
}

TEST_CASE("why the last commit failed is known until one does not") {
  HealthRig rig;
  CHECK_FALSE(rig.health.failure());
  rig.health.committed(kFull);
  rig.clock.advance(24h);
  CHECK(rig.health.failure() == kFull.detail);
  rig.health.committed({});
  CHECK_FALSE(rig.health.failure());
}

TEST_CASE("work that is left lying for more than a minute means that the scheduler is behind") {
  struct Row {
    Millis due;  // from now
    std::string_view reason;
  };

  constexpr Row kRows[] = {{1h, ""},
                           {0s, ""},
                           {-60s, ""},
                           {-60'001ms, "what is due has waited for 1m; if it does not"},
                           {-2h, "the scheduler is behind: what is due has waited for 2h; if"}};
  for (const Row& row : kRows) {
    CAPTURE(row.due.count());
    HealthRig rig;
    StoreDriver driver(rig.store);
    REQUIRE(driver.create(sample_once(1, kStart + row.due)));
    CHECK(rig.reason().empty() == row.reason.empty());
    CHECK(rig.reason().find(row.reason) != std::string::npos);
    driver.claim(kStart);
    CHECK(rig.reason().empty());
  }
}

TEST_CASE("how late the earliest work is") {
  CHECK(overdue({}, kStart) == 0ms);
  CHECK(overdue({1, kStart + 1s}, kStart) == 0ms);
  CHECK(overdue({1, kStart - 1s}, kStart) == 1s);
}

}  // namespace jobsched::testing
