#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "daemon/store/sqlite_store.h"
#include "tests/support/store_driver.h"
#include "tests/support/temporary_directory.h"

namespace jobsched::testing {

// One bit of a store's files is another, anywhere: it is refused and left alone, or it opens and
// what can be read is right. Never a crash, and never a new store in its place.
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t kJobs = 60;
constexpr std::size_t kFlips = 500;

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_file(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

Result<std::unique_ptr<SqliteStore>> try_open(const std::string& path) {
  const auto ignore = [](const Error&) {};
  return SqliteStore::open(path, {ignore, ignore, Millis{50}});
}

Job job_number(std::uint32_t number) {
  Job job = sample_once(number, at(number));
  job.spec.data = std::string(200, 'd');
  return job;
}

void fill(Store& store) {
  for (std::uint32_t number = 1; number <= kJobs; ++number)
    REQUIRE(StoreDriver(store).create(job_number(number)));
}

std::string flipped(const std::string& bytes, std::size_t number) {
  std::string changed = bytes;
  char& byte = changed.at(bytes.size() * number / kFlips);
  byte = static_cast<char>(byte ^ (1 << (number % 8)));
  return changed;
}

// Uses what opened; everything may fail, nothing may crash.
void use(Store& store) {
  if (const auto cursor = store.list("default", {}, {})) {
    static_cast<void>((*cursor)->next(1'000));
  }
  for (std::uint32_t number = 1; number <= kJobs; ++number)
    static_cast<void>(store.find("default", sample_id(number)));
  store.create(sample_once(1'000, at(0)), [](const auto&) {});
  store.claim_due(at(1'000), 100, Millis{60'000}, {1, Millis{60'000}}, [](const auto&) {});
  store.commit_group();
}

}  // namespace

TEST_CASE("a flipped bit in a store is refused without harm, or read around") {
  const TemporaryDirectory directory;
  const std::string path = directory / "jobs.db";
  fill(**try_open(path));
  const std::string whole = read_file(path);
  std::size_t refused = 0;
  for (std::size_t number = 0; number < kFlips; ++number) {
    CAPTURE(number);
    const std::string damaged = flipped(whole, number);
    write_file(path, damaged);
    const auto store = try_open(path);
    if (store) {
      use(**store);
      continue;
    }
    ++refused;
    CHECK_MESSAGE(store.error().detail.find(path) != std::string::npos, store.error().detail);
    CHECK(read_file(path) == damaged);
  }
  CHECK(refused > 0);
}

TEST_CASE("a flipped bit in the log ends it there: what was committed before is kept") {
  const TemporaryDirectory directory;
  const std::string path = directory / "jobs.db";
  std::string database;
  std::string log;
  {
    const auto store = try_open(path);
    fill(**store);
    // As a process that is killed leaves them.
    database = read_file(path);
    log = read_file(path + "-wal");
  }
  REQUIRE(log.size() > kFlips);
  for (std::size_t number = 0; number < kFlips; ++number) {
    CAPTURE(number);
    write_file(path, database);
    write_file(path + "-wal", flipped(log, number));
    fs::remove(path + "-shm");
    const auto store = try_open(path);
    REQUIRE(store);
    StoreDriver driver(**store);
    std::uint32_t expected = 0;
    for (const JobId& id : driver.ids("default")) {
      CHECK(id == sample_id(++expected));
      check_same(*driver.find("default", id), job_number(expected));
    }
    CHECK(driver.counts().jobs == expected);
  }
}

}  // namespace jobsched::testing
