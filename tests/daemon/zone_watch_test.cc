#include "daemon/zoneinfo/zone_watch.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "daemon/zoneinfo/zoneinfo.h"
#include "tests/support/fake_clock.h"
#include "tests/support/flaky_store.h"
#include "tests/support/memory_store.h"
#include "tests/support/shifted_zone.h"
#include "tests/support/store_driver.h"
#include "tests/support/temporary_directory.h"

namespace jobsched::testing {

namespace {

namespace fs = std::filesystem;

// Time zone data of its own, made of the system's.
class Zoneinfo {
 public:
  // Puts the rules of a zone of the system's in place of `name`'s, as package managers do.
  void install(const std::string& name, std::string_view rules_of) const {
    const fs::path path = directory_ / name;
    fs::create_directories(path.parent_path());
    fs::copy_file(fs::path(kZoneinfoDirectory) / rules_of, path.string() + ".new");
    fs::rename(path.string() + ".new", path);
  }

  void remove(const std::string& name) const { fs::remove(directory_ / name); }

  const std::string& path() const { return directory_.path(); }

 private:
  TemporaryDirectory directory_;
};

struct Fixture {
  explicit Fixture(Store& target) : store(target) {}

  // A job that fires at 09:00 every day in a zone.
  void create(std::uint32_t number, const std::string& zone) {
    Job job = sample_cron(number, "0 0 9 * * ?", kStart);
    job.spec.timezone = zone;
    std::get<Recurring>(job.spec.schedule).zone = cache.find(zone).value();
    job.next = first_fire_time(job.spec, kStart);
    REQUIRE(StoreDriver(store).create(job));
  }

  void check() {
    watch.check();
    while (store.commit_group()) {
    }
  }

  std::optional<Instant> next(std::uint32_t number) {
    return StoreDriver(store).find("default", sample_id(number))->next;
  }

  Zoneinfo zoneinfo;
  ZoneCache cache{zoneinfo.path()};
  FakeClock clock{kStart};
  Store& store;
  std::vector<Instant> due;
  std::vector<ZoneReport> reports;
  ZoneWatch watch{cache, store, clock, [this](Instant at) { due.push_back(at); },
                  [this](const ZoneReport& report) { reports.push_back(report); }};
};

constexpr std::chrono::hours kHour{1};

}  // namespace

TEST_CASE("a zone is loaded once, and again when somebody looks and its file has changed") {
  const Zoneinfo zoneinfo;
  ZoneCache cache(zoneinfo.path());
  CHECK_FALSE(cache.find("My/Zone").has_value());
  zoneinfo.install("My/Zone", "Europe/Berlin");
  const auto first = cache.find("My/Zone").value();
  CHECK(cache.find("My/Zone").value() == first);
  CHECK(cache.look_again("My/Zone") == first);
  zoneinfo.install("My/Zone", "Europe/London");
  CHECK(cache.find("My/Zone").value() == first);
  const auto second = cache.look_again("My/Zone");
  CHECK(fingerprint(*second) != fingerprint(*first));
  CHECK(cache.find("My/Zone").value() == second);
  zoneinfo.remove("My/Zone");
  CHECK(cache.look_again("My/Zone") == nullptr);
  CHECK_FALSE(cache.find("My/Zone").has_value());
  CHECK(cache.look_again("UTC") != nullptr);
}

TEST_CASE("rules that have changed move the jobs of their zone, and it is told how many") {
  MemoryStore store;
  Fixture fixture(store);
  fixture.zoneinfo.install("My/Zone", "Europe/Berlin");
  fixture.zoneinfo.install("Other/Zone", "Europe/Berlin");
  fixture.create(1, "My/Zone");
  fixture.create(2, "My/Zone");
  fixture.create(3, "Other/Zone");
  fixture.check();
  CHECK(fixture.reports.empty());

  const Instant before = *fixture.next(1);
  fixture.zoneinfo.install("My/Zone", "Europe/London");
  fixture.check();
  REQUIRE(fixture.reports.size() == 1);
  CHECK(fixture.reports[0].zone == "My/Zone");
  CHECK_FALSE(fixture.reports[0].missing);
  CHECK(fixture.reports[0].moved == 2);
  CHECK(fixture.next(1) == before + kHour);
  CHECK(fixture.next(3) == before);
  CHECK(fixture.due == std::vector<Instant>{before + kHour});
  fixture.check();
  CHECK(fixture.reports.size() == 1);
}

TEST_CASE("the same rules in another file are no change") {
  MemoryStore store;
  Fixture fixture(store);
  fixture.zoneinfo.install("My/Zone", "Europe/Berlin");
  fixture.create(1, "My/Zone");
  fixture.zoneinfo.install("My/Zone", "Europe/Berlin");
  fixture.check();
  CHECK(fixture.reports.empty());
}

TEST_CASE("a zone that is gone pauses its jobs until it is back") {
  MemoryStore store;
  Fixture fixture(store);
  fixture.zoneinfo.install("My/Zone", "Europe/Berlin");
  fixture.create(1, "My/Zone");
  const Instant before = *fixture.next(1);
  fixture.zoneinfo.remove("My/Zone");
  fixture.check();
  fixture.check();
  REQUIRE(fixture.reports.size() == 1);
  CHECK(fixture.reports[0].missing);
  CHECK(fixture.reports[0].paused == 1);
  CHECK_FALSE(fixture.next(1));

  fixture.zoneinfo.install("My/Zone", "Europe/Berlin");
  fixture.check();
  REQUIRE(fixture.reports.size() == 2);
  CHECK_FALSE(fixture.reports[1].missing);
  CHECK(fixture.reports[1].resumed == 1);
  CHECK(fixture.next(1) == before);
}

TEST_CASE("a change made while no daemon ran is found by the first check") {
  MemoryStore store;
  Fixture before(store);
  before.zoneinfo.install("My/Zone", "Europe/Berlin");
  before.create(1, "My/Zone");
  Fixture after(store);
  after.zoneinfo.install("My/Zone", "Europe/London");
  after.check();
  REQUIRE(after.reports.size() == 1);
  CHECK(after.reports[0].moved == 1);
}

TEST_CASE("while a change is under way nothing is looked at; a store that fails is tried again") {
  MemoryStore memory;
  FlakyStore store(memory);
  Fixture fixture(store);
  fixture.zoneinfo.install("My/Zone", "Europe/Berlin");
  fixture.create(1, "My/Zone");
  fixture.zoneinfo.install("My/Zone", "Europe/London");
  store.fail_rezonings(1, ErrorKind::kUnavailable);
  fixture.check();
  CHECK(fixture.reports.empty());
  fixture.watch.check();
  fixture.watch.check();
  while (store.commit_group()) {
  }
  CHECK(fixture.reports.size() == 1);
  CHECK(store.rezonings_asked() == 2);
}

}  // namespace jobsched::testing
