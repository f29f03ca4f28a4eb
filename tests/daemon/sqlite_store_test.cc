#include "daemon/store/sqlite_store.h"

#include <signal.h>
#include <sys/resource.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include <SQLiteCpp/Database.h>
#include <doctest/doctest.h>
#include <sqlite3.h>

#include "daemon/store/event_queue.h"
#include "tests/daemon/store_conformance.h"
#include "tests/support/child_process.h"
#include "tests/support/faulty_disk.h"
#include "tests/support/shifted_zone.h"
#include "tests/support/small_disk.h"
#include "tests/support/store_driver.h"
#include "tests/support/temporary_directory.h"

namespace jobsched::testing {

namespace {

namespace fs = std::filesystem;

SqliteStoreOptions strict_options() {
  return {[](const Error& error) { FAIL_CHECK(error.detail); },
          [](const Error& error) { FAIL_CHECK(error.detail); }, Millis{50},
          always_find(shifted_zone("Test/Zone", 1))};
}

std::unique_ptr<SqliteStore> open_store(const std::string& path,
                                        SqliteStoreOptions options = strict_options()) {
  auto store = SqliteStore::open(path, std::move(options));
  if (!store) FAIL(store.error().detail);
  return *std::move(store);
}

Job large_job(std::uint32_t number) {
  Job job = sample_once(number, at(number));
  job.spec.data = std::string(1'000'000, 'x');
  return job;
}

// Creates large jobs until one fails; says how many there are, and the error.
std::pair<std::uint32_t, Error> fill(Store& store) {
  StoreDriver driver(store);
  for (std::uint32_t number = 1; number <= 100; ++number) {
    const auto created = driver.create(large_job(number));
    if (!created) return {number - 1, created.error()};
  }
  return {100, {}};
}

SigningSecret secret(char letter) {
  return *SigningSecret::from_bytes(std::string(32, letter));
}

void rotate(Store& store, char letter) {
  REQUIRE(outcome<void>(store, [&](Done<void> done) {
    store.rotate_secret("default", secret(letter), at(0), Millis{0}, std::move(done));
  }));
}

// No file of this process grows beyond `bytes` while it lives.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : handler_(::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }

  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    ::signal(SIGXFSZ, handler_);
  }

  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  rlimit before_{};
  sighandler_t handler_;
};

// A store with what it reports of its commits.
class ReportedStore {
 public:
  SqliteStore& store() { return *store_; }

  StoreDriver& driver() { return driver_; }

  const CommitReport& last() const { return reports_.back(); }

 private:
  SqliteStoreOptions options() {
    SqliteStoreOptions options = strict_options();
    options.committed = [this](const CommitReport& report) { reports_.push_back(report); };
    return options;
  }

  TemporaryDirectory directory_;
  std::vector<CommitReport> reports_;
  std::unique_ptr<SqliteStore> store_ = open_store(directory_ / "jobs.db", options());
  StoreDriver driver_{*store_};
};

}  // namespace

TEST_CASE("each commit is reported with what has come to be by it") {
  ReportedStore reported;
  StoreDriver& driver = reported.driver();
  const auto last = [&] {
    const CommitReport& report = reported.last();
    CHECK_FALSE(report.failure);
    return std::vector{report.created, report.fired, report.skipped};
  };
  using Numbers = std::vector<std::uint64_t>;

  Job named = sample_once(1, at(0));
  named.spec.name = "a name";
  REQUIRE(driver.create(named));
  CHECK(last() == Numbers{1, 0, 0});
  named.id = sample_id(2);
  REQUIRE(driver.create(named));
  CHECK(last() == Numbers{0, 0, 0});  // it took the other's place
  CHECK_FALSE(driver.create(sample_once(1, at(0))));
  CHECK(last() == Numbers{0, 0, 0});
  REQUIRE(outcome<std::vector<Created>>(reported.store(), [&](Done<std::vector<Created>> done) {
    reported.store().create_all({sample_once(3, at(0)), sample_once(4, at(0))}, std::move(done));
  }));
  CHECK(last() == Numbers{2, 0, 0});
  Job skipping = sample_cron(5, "0 0/10 * * * ?", at(-1));
  skipping.spec.misfire = Misfire::kSkip;
  REQUIRE(driver.create(skipping));
  driver.claim(at(100'000));
  CHECK(last() == Numbers{0, 3, 1});
}

TEST_CASE("a commit that had nothing to write says so") {
  ReportedStore reported;
  StoreDriver& driver = reported.driver();
  REQUIRE(driver.create(sample_once(1, at(0))));
  CHECK(reported.last().wrote);
  REQUIRE(outcome<Pruned>(reported.store(), [&](Done<Pruned> done) {
    reported.store().prune(at(0), std::move(done));
  }));
  CHECK_FALSE(reported.last().wrote);
  CHECK_FALSE(driver.remove("default", sample_id(2)));
  CHECK_FALSE(reported.last().wrote);
  REQUIRE(driver.remove("default", sample_id(1)));
  CHECK(reported.last().wrote);
}

TEST_CASE("SqliteStore keeps the contract of a store") {
  const TemporaryDirectory directory;
  check_store_conformance([&] { return open_store(directory / "jobs.db"); });
}

TEST_CASE("SqliteStore keeps to the number of jobs that an account may have") {
  const TemporaryDirectory directory;
  check_job_limit([&] {
    const auto report = [](const Error& error) { FAIL_CHECK(error.detail); };
    SqliteStoreOptions options{report, report};
    options.jobs_per_account = kJobsPerAccount;
    return SqliteStore::open(directory / "jobs.db", std::move(options)).value();
  });
}

TEST_CASE("another number of jobs that an account may have holds from then on") {
  const TemporaryDirectory directory;
  const auto store = open_store(directory / "jobs.db");
  StoreDriver driver(*store);

  struct Row {
    std::uint64_t most;
    bool one_more;
  };

  const Row rows[] = {{1, true}, {1, false}, {2, true}, {1, false}, {0, true}, {4, true}};
  std::uint32_t number = 0;
  for (const Row& row : rows) {
    CAPTURE(row.most);
    store->set_jobs_per_account(row.most);
    CHECK(driver.create(sample_once(++number, at(0))).has_value() == row.one_more);
  }
}

TEST_CASE("SqliteStore keeps the contract of a store in memory-backed files") {
  if (!fs::is_directory("/dev/shm")) {
    MESSAGE("skipped: there is no /dev/shm");
    return;
  }
  const TemporaryDirectory directory("/dev/shm");
  check_store_conformance([&] { return open_store(directory / "jobs.db"); });
}

TEST_CASE("a store that is opened again has everything, and no lease") {
  const TemporaryDirectory directory;
  const std::string path = directory / "jobs.db";
  const Job cron = sample_cron(3, "0 0 12 * * ?", kStart);
  {
    const auto store = open_store(path);
    StoreDriver driver(*store);
    REQUIRE(driver.create(sample_once(1, at(0))));
    REQUIRE(driver.create(sample_once(2, at(0))));
    REQUIRE(driver.create(cron));
    const Claims claims = driver.claim(at(5));
    REQUIRE(claims.claims.size() == 2);
    driver.record(claims.claims.at(0), RetryAt{at(9'000), 2});
  }
  CHECK_FALSE(fs::exists(path + "-wal"));  // brought home
  const auto store = open_store(path);
  StoreDriver driver(*store);
  CHECK(driver.counts().jobs == 3);
  check_same(*driver.find("default", sample_id(3)), cron);
  const Claims claims = driver.claim(at(6));
  REQUIRE(claims.claims.size() == 1);  // by the same instance: it holds no lease any more
  CHECK(claims.claims.front().delivery.fire_time == at(0));
  CHECK(claims.claims.front().delivery.attempt == 1);
  CHECK(claims.next_due == at(9'000));
}

TEST_CASE("what was announced outlives a process that is killed") {
  const TemporaryDirectory directory;
  const std::string path = directory / "jobs.db";
  for (int run = 1; run <= 3; ++run) {
    CAPTURE(run);
    ChildProcess child(JOBSCHED_STORE_CHILD, "create", path);
    REQUIRE(child.read_number());  // its process id
    std::uint64_t announced = 0;
    while (announced < 100) {
      REQUIRE(child.read_number());
      ++announced;
    }
    child.kill();
    while (child.read_number())
      ++announced;
    const auto store = open_store(path);
    StoreDriver driver(*store);
    const std::vector<JobId> ids = driver.ids("default");
    CHECK(ids.size() >= announced);
    CHECK(ids.size() == driver.counts().jobs);
    CHECK(driver.claim(at(0)).next_due == at(1));
    for (const JobId& id : ids)
      REQUIRE(driver.remove("default", id));
  }
}

TEST_CASE("clients faster than the disk are turned away at once, the scheduler is not") {
  const TemporaryDirectory directory;
  std::size_t refused = 0;
  std::size_t failed_on_close = 0;
  bool closing = false;
  const auto count = [&](const auto& result) {
    REQUIRE_FALSE(result);
    CHECK(result.error().kind == ErrorKind::kUnavailable);
    ++(closing ? failed_on_close : refused);
  };
  {
    const auto store = open_store(directory / "jobs.db");
    for (std::uint32_t number = 0; number < EventQueue::kMaxEvents; ++number) {
      store->remove("default", sample_id(number), {}, at(0), count);
    }
    CHECK(refused == 0);
    store->create(sample_once(1, at(0)), count);
    store->replace("default", sample_id(1), {}, sample_once(1, at(0)).spec, at(0), at(0), count);
    store->remove("default", sample_id(1), {}, at(0), count);
    CHECK(refused == 3);
    store->record({}, count);
    store->claim_due(at(0), 1, Millis{0}, {1, Millis{1}}, [&](const Result<Claims>& claims) {
      REQUIRE_FALSE(claims);
      ++failed_on_close;
    });
    CHECK(refused == 3);
    closing = true;
  }
  CHECK(failed_on_close == EventQueue::kMaxEvents + 2);
}

TEST_CASE("the payloads that wait for the disk are bounded") {
  const TemporaryDirectory directory;
  const auto store = open_store(directory / "jobs.db");
  std::size_t refused = 0;
  std::size_t created = 0;
  for (std::uint32_t number = 1; number <= 70; ++number) {
    store->create(large_job(number), [&](const auto& result) { ++(result ? created : refused); });
  }
  CHECK(refused > 0);
  while (store->commit_group()) {
  }
  CHECK(created == EventQueue::kMaxBytes / 1'000'000 - 1);  // each is a little over a megabyte
  CHECK(StoreDriver(*store).create(large_job(100)));
}

TEST_CASE("another program that holds the file makes writes fail, for as long as it does") {
  const TemporaryDirectory directory;
  const auto store = open_store(directory / "jobs.db");
  StoreDriver driver(*store);
  REQUIRE(driver.create(sample_once(1, at(0))));
  {
    SQLite::Database other(directory / "jobs.db", SQLite::OPEN_READWRITE);
    other.exec("BEGIN IMMEDIATE");
    const auto created = driver.create(sample_once(2, at(0)));
    REQUIRE_FALSE(created);
    CHECK(created.error().kind == ErrorKind::kUnavailable);
    CHECK(created.error().detail.find("held by another program") != std::string::npos);
    CHECK(driver.find("default", sample_id(1)));
  }
  CHECK(driver.create(sample_once(2, at(0))));
  CHECK(driver.counts().jobs == 2);
}

TEST_CASE("a full disk refuses writes, keeps reads, and is forgotten when there is space") {
  const TemporaryDirectory directory;
  const std::string path = directory / "jobs.db";
  const auto check = [&](const auto& lift) {
    const auto store = open_store(path);
    const auto filled = fill(*store);
    const std::uint32_t jobs = filled.first;
    CHECK(filled.second.kind == ErrorKind::kStoreFull);
    CHECK_MESSAGE(filled.second.detail.find("free some") != std::string::npos,
                  filled.second.detail);
    StoreDriver driver(*store);
    CHECK(jobs > 0);
    CHECK(driver.counts().jobs == jobs);
    CHECK(driver.ids("default").size() == jobs);
    lift();
    CHECK(driver.create(large_job(1'000)));
    CHECK(driver.counts().jobs == jobs + 1);
  };

  SUBCASE("the disk has no space left") {
    const bool ran = on_small_disk(directory.path(), 16'000'000, [&] {
      std::ofstream(directory / "ballast") << std::string(4'000'000, 'x');
      check([&] { fs::remove(directory / "ballast"); });
    });
    if (!ran) MESSAGE("skipped: this user may not mount a disk");
  }

  SUBCASE("a file may not grow further") {
    std::optional<FileSizeLimit> limit(8'000'000);
    check([&] { limit.reset(); });
  }
}

TEST_CASE("a sync that failed is never tried again") {
  const TemporaryDirectory directory;
  const std::string path = directory / "jobs.db";
  std::vector<std::string> fatal;
  {
    FaultyDisk disk;
    SqliteStoreOptions options = strict_options();
    options.fatal = [&](const Error& error) { fatal.push_back(error.detail); };
    const auto store = open_store(path, options);
    StoreDriver driver(*store);
    REQUIRE(driver.create(sample_once(1, at(0))));
    disk.fail(FaultyDisk::Call::kSync, 1, 1, SQLITE_IOERR_FSYNC);
    int failed = 0;
    for (std::uint32_t number = 2; number <= 4; ++number) {
      store->create(sample_once(number, at(0)), [&](const auto& created) {
        REQUIRE_FALSE(created);
        CHECK(created.error().kind == ErrorKind::kInternal);
        CHECK(fatal.empty());  // everybody is told before the process ends
        ++failed;
      });
    }
    CHECK(store->commit_group());
    CHECK(failed == 3);
    REQUIRE(fatal.size() == 1);
    CHECK(fatal.front().find("could not be synced") != std::string::npos);
    const auto syncs = disk.calls(FaultyDisk::Call::kSync);
    CHECK_FALSE(driver.create(sample_once(5, at(0))));
    CHECK_FALSE(driver.remove("default", sample_id(1)));
    CHECK(disk.calls(FaultyDisk::Call::kSync) == syncs);
    CHECK(fatal.size() == 1);
  }
  const auto store = open_store(path);
  CHECK(StoreDriver(*store).find("default", sample_id(1)));
}

TEST_CASE("a stored job that cannot be read is put aside and reported") {
  const TemporaryDirectory directory;
  const std::string path = directory / "jobs.db";
  {
    const auto store = open_store(path);
    StoreDriver driver(*store);
    REQUIRE(driver.create(sample_cron(1, "0 0/10 * * * ?", at(-1))));
    REQUIRE(driver.create(sample_cron(2, "0 0/10 * * * ?", at(-1))));
    REQUIRE(driver.create(sample_once(3, at(0))));
    for (const Claim& claim : driver.claim(at(0), 1).claims)
      driver.record(claim, RetryAt{at(0), 2});
  }
  SQLite::Database(path, SQLite::OPEN_READWRITE)
      .exec("UPDATE jobs SET cron = 'every day' WHERE cron IS NOT NULL");
  std::vector<std::string> damaged;
  SqliteStoreOptions options = strict_options();
  options.damaged = [&](const Error& error) { damaged.push_back(error.detail); };
  const auto store = open_store(path, options);
  StoreDriver driver(*store);
  const Claims claims = driver.claim(at(0));
  REQUIRE(claims.claims.size() == 1);
  CHECK(claims.claims.front().delivery.job == sample_id(3));
  CHECK_FALSE(claims.next_due);
  REQUIRE(damaged.size() == 2);
  CHECK(damaged.front().find(format_job_id(sample_id(1))) != std::string::npos);
  CHECK(driver.claim(at(0)).claims.empty());
  CHECK(damaged.size() == 2);
  const auto found = store->find("default", sample_id(1));
  REQUIRE_FALSE(found);
  CHECK(found.error().kind == ErrorKind::kInternal);
  const Job mended = sample_once(1, at(1));
  CHECK(driver.replace("default", sample_id(1), mended.spec, mended.next));
  CHECK(driver.claim(at(1)).claims.size() == 1);
}

TEST_CASE("a secret whose commit has failed signs nothing, though its group has claimed with it") {
  const TemporaryDirectory directory;
  FaultyDisk disk;
  const auto store = open_store(directory / "jobs.db");
  StoreDriver driver(*store);
  REQUIRE(driver.create(sample_once(1, at(0))));
  rotate(*store, 'a');
  disk.fail(FaultyDisk::Call::kWrite, 1, 1'000, SQLITE_FULL);
  std::size_t failed = 0;
  store->rotate_secret("default", secret('b'), at(0), Millis{0}, [&](const Result<void>& result) {
    if (!result) ++failed;
  });
  store->claim_due(at(0), 1, StoreDriver::kMisfire, {1, StoreDriver::kLease},
                   [&](const Result<Claims>& result) {
                     if (!result) ++failed;
                   });
  CHECK(store->commit_group());
  CHECK(failed == 2);
  disk.stop_failing();
  CHECK(store->secrets("default", at(0))->size() == 1);
  CHECK(driver.claim(at(0)).claims.at(0).secrets == std::vector{secret('a')});
}

TEST_CASE(
    "a secret that cannot be read is reported once and signs nothing, until there is another") {
  const TemporaryDirectory directory;
  const std::string path = directory / "jobs.db";
  rotate(*open_store(path), 'a');
  SQLite::Database(path, SQLite::OPEN_READWRITE)
      .exec("PRAGMA ignore_check_constraints = ON; UPDATE signing_secrets SET secret = x'00'");
  std::vector<std::string> damaged;
  SqliteStoreOptions options = strict_options();
  options.damaged = [&](const Error& error) { damaged.push_back(error.detail); };
  const auto store = open_store(path, options);
  StoreDriver driver(*store);
  for (std::uint32_t number = 1; number <= 2; ++number) {
    REQUIRE(driver.create(sample_once(number, at(number))));
    CHECK(driver.claim(at(number)).claims.at(0).secrets.empty());
  }
  REQUIRE(damaged.size() == 1);
  CHECK(damaged.front().find("jobsched secret rotate") != std::string::npos);
  CHECK(store->secrets("default", at(0)).error().kind == ErrorKind::kInternal);
  rotate(*store, 'b');
  REQUIRE(driver.create(sample_once(3, at(3))));
  CHECK(driver.claim(at(3)).claims.at(0).secrets == std::vector{secret('b')});
}

TEST_CASE("jobs that are held up are set aside in bounded steps, each once") {
  const TemporaryDirectory directory;
  const auto store = open_store(directory / "jobs.db");
  StoreDriver driver(*store);
  constexpr std::uint32_t kHeldUp = 1'500;
  const Instant second_fire_time = at(600'000);
  for (std::uint32_t number = 1; number <= kHeldUp; ++number) {
    store->create(sample_cron(number, "0 0/10 * * * ?", at(-1)), [](const auto&) {});
  }
  REQUIRE(driver.claim(at(0), kHeldUp).claims.size() == kHeldUp);
  REQUIRE(driver.create(sample_once(kHeldUp + 1, second_fire_time)));
  const Claims first = driver.claim(second_fire_time, 1);
  CHECK(first.claims.empty());
  CHECK(first.next_due == second_fire_time);
  const Claims second = driver.claim(second_fire_time, 1);
  REQUIRE(second.claims.size() == 1);
  CHECK(second.claims.front().delivery.job == sample_id(kHeldUp + 1));
  CHECK_FALSE(second.next_due);
}

TEST_CASE("the write-ahead log is brought home as it grows") {
  const TemporaryDirectory directory;
  const std::string path = directory / "jobs.db";
  const auto store = open_store(path);
  StoreDriver driver(*store);
  for (std::uint32_t number = 1; number <= 160; ++number) {
    REQUIRE(driver.create(large_job(number)));
  }
  CHECK(fs::file_size(path + "-wal") < 80'000'000);
  CHECK(fs::file_size(path) > 100'000'000);
}

TEST_CASE("readers are bounded, and one that is given back can be lent again") {
  const TemporaryDirectory directory;
  const auto store = open_store(directory / "jobs.db");
  REQUIRE(StoreDriver(*store).create(sample_once(1, at(0))));
  std::vector<std::unique_ptr<JobIdCursor>> cursors;
  for (;;) {
    auto cursor = store->list("default", {}, {});
    if (!cursor) {
      CHECK(cursor.error().kind == ErrorKind::kUnavailable);
      break;
    }
    cursors.push_back(*std::move(cursor));
    REQUIRE(cursors.size() < 1'000);
  }
  cursors.pop_back();
  CHECK(store->find("default", sample_id(1)));
}

}  // namespace jobsched::testing
