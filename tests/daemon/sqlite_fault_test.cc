#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <SQLiteCpp/Database.h>
#include <doctest/doctest.h>
#include <sqlite3.h>

#include "daemon/store/sqlite_store.h"
#include "tests/support/faulty_disk.h"
#include "tests/support/store_driver.h"
#include "tests/support/temporary_directory.h"

namespace jobsched::testing {

// Every call on the disk fails once, the first, the second, and so on until a whole scenario meets
// no fault any more. Whatever fails says so by an error of its contract and has changed nothing,
// what was acknowledged stays, and the store goes on when the fault is over.
namespace {

using Call = FaultyDisk::Call;

constexpr std::uint32_t kFirst = 3;  // jobs that are there before
constexpr std::uint32_t kLast = 30;

class Scenario {
 public:
  Scenario() { REQUIRE(open()); }

  FaultyDisk& disk() { return disk_; }

  // Opens the store anew and uses it until it ends or a sync has failed.
  void run() {
    store_.reset();
    if (!open()) return;
    for (std::uint32_t number = kFirst + 1; number <= kLast && !fatal_; ++number) {
      create(number);
      if (number % 3 == 0) remove(number - 2);
      if (number % 4 == 0) claim_and_record();
    }
    if (!fatal_) {
      list();
      disk_.stop_failing();
      CHECK_MESSAGE(create(kLast + 1), "the store does not go on after a fault");
    }
  }

  // What is there now, in a store that is opened without faults.
  void check() {
    store_.reset();
    fatal_ = false;
    REQUIRE(open());
    std::set<JobId> found;
    for (const JobId& id : StoreDriver(*store_).ids("default"))
      found.insert(id);
    for (const JobId& id : unsure_) {
      found.erase(id);
      expected_.erase(id);
    }
    CHECK(found == expected_);
    store_.reset();
    CHECK(SQLite::Database(path_).execAndGet("PRAGMA integrity_check").getString() == "ok");
  }

  bool was_fatal() const { return was_fatal_; }

 private:
  bool open() {
    SqliteStoreOptions options;
    options.fatal = [this](const Error&) { fatal_ = was_fatal_ = true; };
    options.damaged = [](const Error& error) { FAIL_CHECK(error.detail); };
    options.busy_timeout = Millis{0};
    options.checkpoint_pages = 20;
    auto store = SqliteStore::open(path_, std::move(options));
    if (!store) {
      check_error(store.error());
      return false;
    }
    store_ = *std::move(store);
    if (expected_.empty()) {
      for (std::uint32_t number = 1; number <= kFirst; ++number)
        REQUIRE(create(number));
    }
    return true;
  }

  static void check_error(const Error& error) {
    const bool documented = error.kind == ErrorKind::kUnavailable ||
                            error.kind == ErrorKind::kStoreFull ||
                            error.kind == ErrorKind::kInternal;
    CHECK_MESSAGE(documented, error.detail);
    CHECK_FALSE(error.detail.empty());
  }

  // Whether it was done. What fails with the sync may be there or not.
  template <class T>
  bool settle(const Result<T>& result, const JobId& id) {
    if (result) return true;
    check_error(result.error());
    if (fatal_) unsure_.insert(id);
    return false;
  }

  bool create(std::uint32_t number) {
    Job job = sample_once(number, at(number));
    job.spec.data = std::string(number * 100, 'd');
    const bool done = settle(StoreDriver(*store_).create(job), job.id);
    if (done) expected_.insert(job.id);
    return done;
  }

  void remove(std::uint32_t number) {
    const JobId id = sample_id(number);
    if (!expected_.contains(id) || fatal_) return;
    if (settle(StoreDriver(*store_).remove("default", id), id)) expected_.erase(id);
  }

  void claim_and_record() {
    if (fatal_) return;
    const auto claims = outcome<Claims>(*store_, [&](Done<Claims> done) {
      store_->claim_due(at(1'000), 2, Millis{60'000}, {1, Millis{60'000}}, std::move(done));
    });
    if (!claims) return check_error(claims.error());
    for (const Claim& claim : claims->claims) {
      const AttemptRecord record = sample_record(claim, Accepted{});
      const auto recorded = outcome<void>(
          *store_, [&](Done<void> done) { store_->record({record}, std::move(done)); });
      const JobId& job = record.delivery.job;
      if (settle(recorded, job)) expected_.erase(job);
      if (fatal_) return;
    }
  }

  void list() {
    const auto cursor = store_->list("default", {}, {});
    if (!cursor) return check_error(cursor.error());
    const auto ids = (*cursor)->next(1'000);
    if (!ids) return check_error(ids.error());
    CHECK(ids->size() == expected_.size());
  }

  TemporaryDirectory directory_;
  std::string path_ = directory_ / "jobs.db";
  FaultyDisk disk_;
  std::unique_ptr<SqliteStore> store_;
  std::set<JobId> expected_;
  std::set<JobId> unsure_;
  bool fatal_ = false;
  bool was_fatal_ = false;
};

// Every `stride`-th call of each kind fails.
void check_faults(std::uint64_t stride) {
  struct Row {
    std::string_view rule;
    Call call;
    int code;
    bool fatal;  // such a failure ends the process
  };

  const std::vector<Row> rows{
      {"open", Call::kOpen, SQLITE_CANTOPEN, false},
      {"read", Call::kRead, SQLITE_IOERR_READ, false},
      {"write", Call::kWrite, SQLITE_IOERR_WRITE, false},
      {"write on a full disk", Call::kWrite, SQLITE_FULL, false},
      {"sync", Call::kSync, SQLITE_IOERR_FSYNC, true},
      {"truncate", Call::kTruncate, SQLITE_IOERR_TRUNCATE, false},
      {"delete", Call::kDelete, SQLITE_IOERR_DELETE, false},
      {"lock", Call::kLock, SQLITE_IOERR_LOCK, false},
      {"a lock that another program has", Call::kLock, SQLITE_BUSY, false},
      {"shared memory", Call::kShmMap, SQLITE_IOERR_SHMMAP, false},
      {"a lock in shared memory", Call::kShmLock, SQLITE_IOERR_SHMLOCK, false},
      {"the same, which another program has", Call::kShmLock, SQLITE_BUSY, false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.rule);
    std::uint64_t met = 0;
    for (std::uint64_t number = 1;; number += stride) {
      CAPTURE(number);
      Scenario scenario;
      const std::uint64_t before = scenario.disk().calls(row.call);
      scenario.disk().fail(row.call, number, 1, row.code);
      scenario.run();
      const bool reached = scenario.disk().calls(row.call) - before >= number;
      scenario.disk().stop_failing();
      scenario.check();
      if (!row.fatal) CHECK_FALSE(scenario.was_fatal());
      if (!reached) break;
      ++met;
    }
    CHECK(met > 0);
  }
}

}  // namespace

TEST_CASE("a call on the disk that fails is told of, loses nothing, and the store goes on") {
  check_faults(11);
}

TEST_SUITE("slow") {
  TEST_CASE("whichever call on the disk fails, nothing is lost, and the store goes on") {
    check_faults(1);
  }
}

}  // namespace jobsched::testing
