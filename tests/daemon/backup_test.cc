#include "daemon/store/backup.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "daemon/store/sqlite_store.h"
#include "tests/support/store_driver.h"
#include "tests/support/temporary_directory.h"

namespace jobsched::testing {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kTenMinutely = "0 0/10 * * * ?";  // kStart is one of its fire times
constexpr std::int64_t kTenMinutes = 600'000;

void no_progress(std::uint64_t /*done*/, std::uint64_t /*total*/) {}

std::unique_ptr<SqliteStore> open_store(const std::string& path) {
  const auto report = [](const Error& error) { FAIL_CHECK(error.detail); };
  auto store = SqliteStore::open(path, {report, report});
  if (!store) FAIL(store.error().detail);
  return *std::move(store);
}

// A store at `path` for as long as `work` runs.
void with_store(const std::string& path, const std::function<void(StoreDriver&)>& work) {
  const auto store = open_store(path);
  StoreDriver driver(*store);
  work(driver);
}

void write_file(const std::string& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void accept_all(StoreDriver& driver, Instant now) {
  for (const Claim& claim : driver.claim(now).claims)
    driver.record(claim, Accepted{});
}

// A place for a store and a backup of it.
struct Place {
  TemporaryDirectory directory;
  std::string store = directory / "jobs.db";
  std::string backup = directory / "backup.db";

  void back_up() {
    const auto jobs = jobsched::back_up(store, backup, no_progress);
    if (!jobs) FAIL(jobs.error().detail);
  }

  Restored restore(Instant now) {
    const auto restored = jobsched::restore(
        backup, store, now, [](std::string_view) { return utc_zone(); }, no_progress);
    if (!restored) FAIL(restored.error().detail);
    return *restored;
  }
};

}  // namespace

TEST_CASE("a backup is a store of its own with all that was acknowledged, and nothing newer") {
  Place place;
  const auto store = open_store(place.store);
  StoreDriver driver(*store);
  const Job once = sample_once(1, at(1'000));
  const Job recurring = sample_cron(2, kTenMinutely, at(0));
  for (const Job& job : {once, recurring})
    REQUIRE(driver.create(job));
  CHECK(back_up(place.store, place.backup, no_progress).value() == 2);
  REQUIRE(driver.create(sample_once(3, at(0))));
  with_store(place.backup, [&](StoreDriver& copy) {
    check_same(*copy.find("default", once.id), once);
    check_same(*copy.find("default", recurring.id), recurring);
    CHECK(copy.counts().jobs == 2);
  });
}

TEST_CASE("a backup is one file for its owner only, and replaces an earlier one") {
  Place place;
  with_store(place.store, [&](StoreDriver& driver) {
    REQUIRE(driver.create(sample_once(1, at(0))));
    place.back_up();
    REQUIRE(driver.create(sample_once(2, at(0))));
    place.back_up();
  });
  for (const std::string_view suffix : {".new", "-wal", "-shm", "-journal"})
    CHECK_FALSE(fs::exists(place.backup + std::string(suffix)));

  struct stat status {};

  REQUIRE(::stat(place.backup.c_str(), &status) == 0);
  CHECK((status.st_mode & 07777U) == 0600U);
  with_store(place.backup, [](StoreDriver& copy) { CHECK(copy.counts().jobs == 2); });
}

TEST_CASE("a backup that cannot be made says why and harms nothing") {
  struct Row {
    std::string rule;
    std::function<void(Place&)> prepare;
    ErrorKind kind;
    std::string words;
  };

  const std::vector<Row> rows{
      {"no store", [](Place& place) { fs::remove(place.store); }, ErrorKind::kNotFound,
       "there is no store"},
      {"not a store", [](Place& place) { write_file(place.store, "text"); }, ErrorKind::kInvalid,
       "not a store of jobsched"},
      {"a directory for the store", [](Place& place) { place.store = place.directory / ""; },
       ErrorKind::kInvalid, "is a directory"},
      {"onto the store itself", [](Place& place) { place.backup = place.store; },
       ErrorKind::kInvalid, "is the store itself"},
      {"onto the store by another name",
       [](Place& place) { fs::create_symlink(place.store, place.backup); }, ErrorKind::kInvalid,
       "is the store itself"},
      {"onto another file", [](Place& place) { write_file(place.backup, "precious"); },
       ErrorKind::kInvalid, "exists and is not a backup"},
      {"onto a directory", [](Place& place) { fs::create_directory(place.backup); },
       ErrorKind::kInvalid, "not a regular file"},
      {"into no directory", [](Place& place) { place.backup = place.directory / "none/b"; },
       ErrorKind::kUnavailable, "cannot be made"},
      {"a damaged store",
       [](Place& place) {
         std::fstream file(place.store, std::ios::in | std::ios::out | std::ios::binary);
         file.seekp(8'192);
         file << std::string(4'096, 'x');
       },
       ErrorKind::kInternal, "damaged"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.rule);
    Place place;
    with_store(place.store, [](StoreDriver& driver) {
      for (std::uint32_t n = 1; n <= 50; ++n)
        REQUIRE(driver.create(sample_once(n, at(0))));
    });
    row.prepare(place);
    const std::string before = fs::is_regular_file(place.backup) ? read_file(place.backup) : "";
    const auto made = back_up(place.store, place.backup, no_progress);
    REQUIRE_FALSE(made.has_value());
    CHECK(made.error().kind == row.kind);
    CHECK_MESSAGE(made.error().detail.find(row.words) != std::string::npos, made.error().detail);
    if (!before.empty()) CHECK(read_file(place.backup) == before);
    CHECK_FALSE(fs::exists(place.backup + ".new"));
  }
}

TEST_CASE("a restored store re-fires nothing that was delivered before the backup") {
  Place place;
  with_store(place.store, [&](StoreDriver& driver) {
    REQUIRE(driver.create(sample_once(1, at(0))));
    REQUIRE(driver.create(sample_cron(2, kTenMinutely, at(-1))));
    REQUIRE(driver.create(sample_once(3, at(kTenMinutes))));
    accept_all(driver, at(0));
    place.back_up();
  });
  fs::remove(place.store);
  const Restored restored = place.restore(at(1));
  CHECK(restored.jobs == 2);
  CHECK(restored.replaced.empty());
  with_store(place.store, [](StoreDriver& driver) {
    CHECK(driver.claim(at(kTenMinutes - 1)).claims.empty());
    CHECK(driver.claim(at(kTenMinutes)).claims.size() == 2);
  });
}

TEST_CASE("nor what the store in its place knows to be delivered since") {
  Place place;
  with_store(place.store, [&](StoreDriver& driver) {
    REQUIRE(driver.create(sample_once(1, at(0))));
    REQUIRE(driver.create(sample_cron(2, kTenMinutely, at(-1))));
    REQUIRE(driver.create(sample_once(3, at(2 * kTenMinutes))));
    place.back_up();
    accept_all(driver, at(0));
    accept_all(driver, at(kTenMinutes));
    REQUIRE(driver.create(sample_once(4, at(2 * kTenMinutes))));
  });
  const Restored restored = place.restore(at(kTenMinutes));
  CHECK(restored.jobs == 2);
  CHECK(restored.ended == 1);
  CHECK(restored.replaced == place.store + ".replaced");
  with_store(place.store, [](StoreDriver& driver) {
    CHECK(driver.ids("default") == std::vector{sample_id(2), sample_id(3)});
    CHECK(driver.counts().jobs == 2);
    CHECK(driver.claim(at(2 * kTenMinutes - 1)).claims.empty());
    CHECK(driver.claim(at(2 * kTenMinutes)).claims.size() == 2);
  });
  with_store(place.store + ".replaced", [](StoreDriver& driver) {
    CHECK(driver.ids("default") == std::vector{sample_id(2), sample_id(3), sample_id(4)});
  });
}

TEST_CASE("a delivery that is outstanding goes on from its last attempt") {
  Place place;
  with_store(place.store, [&](StoreDriver& driver) {
    REQUIRE(driver.create(sample_once(1, at(0))));
    const Claim first = driver.claim(at(0)).claims.at(0);
    place.back_up();
    driver.record(first, RetryAt{at(5'000), 2});
  });
  CHECK(place.restore(at(1'000)).jobs == 1);
  with_store(place.store, [](StoreDriver& driver) {
    CHECK(driver.claim(at(4'999)).claims.empty());
    CHECK(driver.claim(at(5'000)).claims.at(0).delivery == Delivery{sample_id(1), at(0), 2});
  });
}

TEST_CASE("jobs that were deleted since come back, without the fire times that are over") {
  Place place;
  with_store(place.store, [&](StoreDriver& driver) {
    REQUIRE(driver.create(sample_once(1, at(1'000))));
    REQUIRE(driver.create(sample_once(2, at(kTenMinutes))));
    REQUIRE(driver.create(sample_cron(3, kTenMinutely, at(-1))));
    place.back_up();
    for (std::uint32_t n = 1; n <= 3; ++n)
      REQUIRE(driver.remove("default", sample_id(n)));
  });
  CHECK(place.restore(at(2'000)).ended == 1);
  with_store(place.store, [](StoreDriver& driver) {
    CHECK(driver.ids("default") == std::vector{sample_id(2), sample_id(3)});
    CHECK(driver.find("default", sample_id(3))->next == at(kTenMinutes));
    CHECK(driver.claim(at(kTenMinutes - 1)).claims.empty());
  });
}

TEST_CASE("a job that was replaced since is as the backup has it") {
  Place place;
  Job job = sample_once(1, at(kTenMinutes));
  with_store(place.store, [&](StoreDriver& driver) {
    REQUIRE(driver.create(job));
    place.back_up();
    JobSpec other = job.spec;
    other.url = "https://example.com/other";
    other.schedule = Once{at(5'000)};
    REQUIRE(driver.replace("default", job.id, other, at(5'000)));
  });
  place.restore(at(1'000));
  with_store(place.store,
             [&](StoreDriver& driver) { check_same(*driver.find("default", job.id), job); });
}

TEST_CASE("a restored job has its name and says all of its callback; the name is its own again") {
  Place place;
  Job job = sample_once(1, at(kTenMinutes));
  job.spec.name = "a";
  job.spec.method = Method::kPut;
  job.spec.headers = {{"X-A", "1"}};
  job.spec.timeout = std::chrono::seconds{9};
  job.spec.retry = Retry{3, {}};
  with_store(place.store, [&](StoreDriver& driver) {
    REQUIRE(driver.create(job));
    place.back_up();
    // The name has moved to another job since.
    JobSpec unnamed = job.spec;
    unnamed.name.reset();
    REQUIRE(driver.replace("default", job.id, unnamed, job.next));
    Job other = sample_once(2, at(kTenMinutes));
    other.spec.name = "a";
    REQUIRE(driver.create(other));
  });
  place.restore(at(1'000));
  with_store(place.store, [&](StoreDriver& driver) {
    CHECK(driver.ids("default") == std::vector{job.id});
    check_same(*driver.find("default", job.id), job);
    Job again = job;
    again.id = sample_id(3);
    CHECK(driver.create(again) == Created{job.id, true});
  });
}

TEST_CASE("a restore keeps the signing secrets that receivers know") {
  struct Row {
    std::string_view rule;
    std::string backed_up;  // the secrets of the account, each by its letter, in order
    std::string present;
    std::string kept;  // the newest first
  };

  const auto rotate = [](const std::string& path, const std::string& letters) {
    const auto store = open_store(path);
    for (const char letter : letters) {
      const auto secret = *SigningSecret::from_bytes(std::string(32, letter));
      REQUIRE(outcome<void>(*store, [&](Done<void> done) {
        store->rotate_secret("default", secret, at(0), Millis{60'000}, std::move(done));
      }));
    }
  };
  const Row rows[] = {
      {"made after the backup", "", "a", "a"},
      {"rotated after the backup", "a", "b", "ba"},
      {"rotated twice", "ab", "cd", "dc"},
      {"not changed", "ab", "", "ba"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.rule);
    Place place;
    rotate(place.store, row.backed_up);
    place.back_up();
    rotate(place.store, row.present);
    place.restore(at(1));
    const auto secrets = open_store(place.store)->secrets("default", at(1));
    std::string kept;
    for (const AccountSecret& one : secrets.value())
      kept += one.secret.bytes().front();
    CHECK(kept == row.kept);
  }
}

TEST_CASE("a restore over a store that was made anew brings the signing secrets back") {
  Place place;
  {
    const auto store = open_store(place.store);
    const auto secret = *SigningSecret::from_bytes(std::string(32, 'a'));
    REQUIRE(outcome<void>(*store, [&](Done<void> done) {
      store->rotate_secret("default", secret, at(0), Millis{0}, std::move(done));
    }));
  }
  place.back_up();
  fs::remove(place.store);
  with_store(place.store, [](StoreDriver&) {});
  place.restore(at(1));
  CHECK(open_store(place.store)->secrets("default", at(1))->size() == 1);
}

TEST_CASE("a restore lets in whom the present store lets in") {
  using Keys = std::vector<std::pair<std::string, char>>;  // accounts, each with its key's letter

  struct Row {
    std::string_view rule;
    Keys backed_up;
    Keys present;  // in place of those that were backed up
    Keys kept;
  };

  const auto hash = [](char letter) { return hash_account_key(std::string(1, letter)); };
  const auto set = [&](const std::string& path, const Keys& keys) {
    const auto store = open_store(path);
    const std::vector<Account> present = store->accounts().value();
    for (const Account& account : present) {
      REQUIRE(outcome<void>(*store, [&](Done<void> done) {
        store->remove_account({.name = account.name, .with_jobs = true}, std::move(done));
      }));
    }
    for (const auto& [name, letter] : keys) {
      REQUIRE(outcome<void>(*store, [&](Done<void> done) {
        store->add_account(name, hash(letter), at(0), std::move(done));
      }));
    }
  };
  const Row rows[] = {
      {"added after the backup", {}, {{"alice", 'a'}}, {{"alice", 'a'}}},
      {"another key since", {{"alice", 'a'}}, {{"alice", 'b'}}, {{"alice", 'b'}}},
      {"removed since", {{"alice", 'a'}, {"bob", 'b'}}, {{"bob", 'b'}}, {{"bob", 'b'}}},
      {"a store without accounts says nothing", {{"alice", 'a'}}, {}, {{"alice", 'a'}}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.rule);
    Place place;
    set(place.store, row.backed_up);
    place.back_up();
    set(place.store, row.present);
    place.restore(at(1));
    std::vector<Account> kept;
    for (const auto& [name, letter] : row.kept)
      kept.push_back({name, hash(letter), at(0), 0});
    CHECK(open_store(place.store)->accounts().value() == kept);
  }
}

TEST_CASE("a store that cannot be read is put aside, log and all") {
  Place place;
  with_store(place.store, [&](StoreDriver& driver) {
    REQUIRE(driver.create(sample_once(1, at(0))));
    place.back_up();
  });
  write_file(place.store, "not a database any more");
  write_file(place.store + "-wal", "nor a log");
  const Restored restored = place.restore(at(0));
  CHECK(restored.unread.find("not a SQLite database") != std::string::npos);
  CHECK(read_file(place.store + ".replaced") == "not a database any more");
  CHECK(read_file(place.store + ".replaced-wal") == "nor a log");
  with_store(place.store,
             [](StoreDriver& driver) { CHECK(driver.claim(at(0)).claims.size() == 1); });
}

TEST_CASE("what cannot be restored says why and harms nothing") {
  Place place;
  with_store(place.store, [&](StoreDriver& driver) {
    REQUIRE(driver.create(sample_once(1, at(0))));
    place.back_up();
    const auto in_use = jobsched::restore(place.backup, place.store, at(0), no_zones, no_progress);
    REQUIRE_FALSE(in_use.has_value());
    CHECK(in_use.error().kind == ErrorKind::kConflict);
  });
  const auto refuse = [&](const std::string& backup, ErrorKind kind) {
    const auto restored = jobsched::restore(backup, place.store, at(0), no_zones, no_progress);
    REQUIRE_FALSE(restored.has_value());
    CHECK(restored.error().kind == kind);
  };
  refuse(place.store, ErrorKind::kInvalid);
  refuse(place.directory / "none", ErrorKind::kNotFound);
  write_file(place.directory / "text", "text");
  refuse(place.directory / "text", ErrorKind::kInvalid);
  with_store(place.store, [](StoreDriver& driver) { CHECK(driver.counts().jobs == 1); });
}

}  // namespace jobsched::testing
