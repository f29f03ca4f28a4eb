#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>
#include <SQLiteCpp/Statement.h>
#include <doctest/doctest.h>

#include "daemon/store/schema.h"
#include "daemon/store/sqlite_store.h"
#include "tests/support/faulty_disk.h"
#include "tests/support/store_driver.h"
#include "tests/support/store_workload.h"
#include "tests/support/temporary_directory.h"

namespace jobsched::testing {

// The power goes at every change of the disk, in the middle of commits, checkpoints, migrations and
// of the making of a store. What was acknowledged is there afterwards, and of what was not, whole
// groups or nothing.
namespace {

namespace fs = std::filesystem;

constexpr int kGroups = 110;
constexpr int kCheckpointPages = 40;  // so that there is a checkpoint every few groups
constexpr std::uint64_t kSeeds = 3;

Result<std::unique_ptr<SqliteStore>> try_open(const std::string& path) {
  SqliteStoreOptions options;
  options.fatal = [](const Error&) {};
  options.damaged = [](const Error& error) { FAIL_CHECK(error.detail); };
  options.zones = [](std::string_view) { return utc_zone(); };
  options.checkpoint_pages = kCheckpointPages;
  return SqliteStore::open(path, std::move(options));
}

// Everything that an event can change but leases, which a start ends.
std::string contents(const std::string& path) {
  SQLite::Database database(path, SQLite::OPEN_READONLY);
  std::string text;
  for (const char* sql :
       {"SELECT hex(id), url, length(data), \"when\", cron, next, name FROM jobs ORDER BY id",
        "SELECT hex(job), fire_time, attempt, epoch FROM deliveries ORDER BY job",
        "SELECT name, jobs, hex(key_hash), added FROM accounts ORDER BY name",
        "SELECT count(*) FROM jobs"}) {
    SQLite::Statement rows(database, sql);
    while (rows.executeStep()) {
      for (int i = 0; i < rows.getColumnCount(); ++i)
        text += rows.getColumn(i).getString() + '|';
      text += '\n';
    }
  }
  return text;
}

std::string integrity(const std::string& path) {
  return SQLite::Database(path, SQLite::OPEN_READONLY)
      .execAndGet("PRAGMA integrity_check")
      .getString();
}

// What the store holds after each group of a run without a cut, and how many changes of the disk
// the run takes.
struct Course {
  std::vector<std::string> after;  // [n]: after n groups
  std::uint64_t changes = 0;
};

Course whole_course(std::uint64_t seed) {
  const TemporaryDirectory directory;
  const std::string path = directory / "jobs.db";
  REQUIRE(try_open(path));
  FaultyDisk disk;
  Course course;
  {
    const auto store = try_open(path);
    REQUIRE(store);
    StoreWorkload workload(**store, seed);
    course.after.push_back(contents(path));
    for (int group = 0; group < kGroups; ++group) {
      REQUIRE(workload.run_group());
      course.after.push_back(contents(path));
    }
  }
  course.changes = disk.changes();
  return course;
}

// Runs the workload until the power goes, and returns how many groups were acknowledged.
std::size_t run_until_cut(const std::string& path, std::uint64_t seed) {
  const auto store = try_open(path);
  if (!store) return 0;
  StoreWorkload workload(**store, seed);
  std::size_t groups = 0;
  while (groups < kGroups && workload.run_group())
    ++groups;
  return groups;
}

struct Aftermath {
  bool opens = false;
  bool sound = false;
  bool kept = false;  // what was acknowledged, and nothing by halves
};

Aftermath cut(const Course& course, std::uint64_t seed, std::uint64_t change, bool honest) {
  const TemporaryDirectory directory;
  const std::string path = directory / "jobs.db";
  REQUIRE(try_open(path));
  FaultyDisk disk;
  if (!honest) disk.ignore_syncs();
  disk.cut_power_at(change);
  const std::size_t acknowledged = run_until_cut(path, seed);
  REQUIRE(disk.is_cut());
  std::mt19937_64 random(seed * 1'000'003 + change);
  disk.restore_power(random);

  Aftermath aftermath;
  const auto store = try_open(path);
  aftermath.opens = store.has_value();
  if (!store) return aftermath;
  std::string found;
  try {
    aftermath.sound = integrity(path) == "ok";
    found = contents(path);
  } catch (const SQLite::Exception&) {
    aftermath.sound = false;
  }
  aftermath.kept = found == course.after.at(acknowledged) ||
                   (acknowledged < kGroups && found == course.after.at(acknowledged + 1));
  const Job more = sample_once(1'000'000, at(0));
  aftermath.sound = aftermath.sound && StoreDriver(**store).create(more).has_value();
  return aftermath;
}

// Cuts at every `stride`-th change.
void check_cuts(std::uint64_t stride) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const Course course = whole_course(seed);
    CHECK(course.changes >= 1'000);
    for (std::uint64_t change = seed; change <= course.changes; change += stride) {
      CAPTURE(seed);
      CAPTURE(change);
      const Aftermath aftermath = cut(course, seed, change, true);
      CHECK(aftermath.opens);
      CHECK(aftermath.sound);
      CHECK(aftermath.kept);
    }
  }
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void make_version(int version, const std::string& path) {
  SQLite::Database(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE)
      .exec(read_file(JOBSCHED_TEST_DATA "/store/version-" + std::to_string(version) + ".sql"));
}

}  // namespace

TEST_CASE("a power cut loses nothing that was acknowledged") {
  check_cuts(53);
}

TEST_SUITE("slow") {
  TEST_CASE("a power cut at any change of the disk loses nothing that was acknowledged") {
    check_cuts(1);
  }
}

TEST_CASE("a disk that only says that it syncs does lose it: these tests can fail") {
  const Course course = whole_course(1);
  int lost = 0;
  for (std::uint64_t change = 101; change <= course.changes; change += 101) {
    const Aftermath aftermath = cut(course, 1, change, false);
    if (!aftermath.opens || !aftermath.sound || !aftermath.kept) ++lost;
  }
  CHECK(lost > 0);
  MESSAGE("lost or damaged: ", lost, " of ", course.changes / 101);
}

TEST_CASE("a power cut while a store is made leaves none or a whole one") {
  for (std::uint64_t change = 1;; ++change) {
    CAPTURE(change);
    const TemporaryDirectory directory;
    const std::string path = directory / "jobs.db";
    FaultyDisk disk;
    disk.cut_power_at(change);
    static_cast<void>(try_open(path));
    if (!disk.is_cut()) {
      CHECK(change > 10);
      break;
    }
    std::mt19937_64 random(change);
    disk.restore_power(random);
    const auto store = try_open(path);
    REQUIRE(store);
    CHECK(StoreDriver(**store).create(sample_once(1, at(0))));
    CHECK(integrity(path) == "ok");
  }
}

TEST_CASE("a power cut while a store is migrated loses nothing of it") {
  for (int version = 1; version < sql::kSchemaVersion; ++version) {
    CAPTURE(version);
    for (std::uint64_t change = 1;; ++change) {
      CAPTURE(change);
      const TemporaryDirectory directory;
      const std::string path = directory / "jobs.db";
      make_version(version, path);
      FaultyDisk disk;
      disk.cut_power_at(change);
      static_cast<void>(try_open(path));
      if (!disk.is_cut()) {
        CHECK(change > 10);
        break;
      }
      std::mt19937_64 random(change);
      disk.restore_power(random);
      const auto store = try_open(path);
      REQUIRE(store);
      CHECK(integrity(path) == "ok");
      StoreDriver driver(**store);
      CHECK(driver.counts().jobs == 3);
      CHECK(driver.ids("default") == std::vector{sample_id(1), sample_id(2), sample_id(3)});
      CHECK(driver.claim(at(2'000)).claims.size() == 2);
    }
  }
}

}  // namespace jobsched::testing
