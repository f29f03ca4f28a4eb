#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include <SQLiteCpp/Database.h>
#include <doctest/doctest.h>

#include "daemon/store/schema.h"
#include "daemon/store/sqlite_store.h"
#include "tests/support/store_driver.h"
#include "tests/support/temporary_directory.h"

namespace jobsched::testing {

namespace {

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// A store as a version of the schema left it.
void make_version(int version, const std::string& path) {
  SQLite::Database database(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  database.exec(read_file(JOBSCHED_TEST_DATA "/store/version-" + std::to_string(version) + ".sql"));
}

std::unique_ptr<SqliteStore> open_store(const std::string& path) {
  const auto report = [](const Error& error) { FAIL_CHECK(error.detail); };
  SqliteStoreOptions options{report, report};
  options.zones = [](std::string_view) { return utc_zone(); };
  auto store = SqliteStore::open(path, std::move(options));
  if (!store) FAIL(store.error().detail);
  return *std::move(store);
}

}  // namespace

TEST_CASE("a store of an older schema is brought to the present one with all that is in it") {
  for (int version = 1; version < sql::kSchemaVersion; ++version) {
    CAPTURE(version);
    const TemporaryDirectory directory;
    const std::string path = directory / "jobs.db";
    make_version(version, path);

    Job once = sample_once(1, at(1'000));
    once.spec = {"https://example.com/once", "sig", "text/plain", "hi\n", Once{at(1'000)}};
    Job recurring = sample_cron(2, "0 15 10 ? * *", kStart);
    recurring.spec.url = "https://example.com/again";
    if (version >= 2) recurring.spec.timezone = "Test/Zone";
    if (version >= 3) recurring.spec.misfire = Misfire::kSkip;
    for (int time = 1; time <= 2; ++time) {
      const auto store = open_store(path);
      StoreDriver driver(*store);
      check_same(*driver.find("default", once.id), once);
      check_same(*driver.find("default", recurring.id), recurring);
      CHECK(driver.counts().jobs == 3);
      CHECK(store->zones()->size() == (version >= 2 ? 1 : 0));
      CHECK(store->secrets("default", kStart)->size() == (version >= 4 ? 1 : 0));
      CHECK(store->accounts()->empty());
    }
    const auto store = open_store(path);
    StoreDriver driver(*store);
    const Claims claims = driver.claim(at(2'000));
    REQUIRE(claims.claims.size() == 2);
    CHECK(claims.claims[0].delivery == Delivery{once.id, at(1'000), 1});
    CHECK(claims.claims[1].delivery == Delivery{sample_id(3), at(-1'000'000), 2});

    REQUIRE(outcome<void>(*store, [&](Done<void> done) {
      store->add_account("default", hash_account_key("k"), kStart, std::move(done));
    }));
    CHECK(*store->accounts() ==
          std::vector<Account>{{"default", hash_account_key("k"), kStart, driver.counts().jobs}});
    SQLite::Database database(path);
    CHECK(sql::schema_version(database) == sql::kSchemaVersion);
  }
}

TEST_CASE("a store of an older schema takes jobs that say all that can be said") {
  for (int version = 1; version < sql::kSchemaVersion; ++version) {
    CAPTURE(version);
    const TemporaryDirectory directory;
    const std::string path = directory / "jobs.db";
    make_version(version, path);
    Job job = sample_once(9, at(1'000));
    job.spec.name = "a";
    job.spec.method = Method::kDelete;
    job.spec.headers = {{"X-A", "1"}};
    job.spec.timeout = std::chrono::seconds{1};
    job.spec.retry = Retry{2, {{std::chrono::seconds{1}}}};
    const auto store = open_store(path);
    StoreDriver driver(*store);
    CHECK(driver.create(job) == Created{job.id});
    check_same(*driver.find("default", job.id), job);
  }
}

TEST_CASE("whoever opens a store hears that it is of an older schema before it is changed") {
  for (int version = 1; version <= sql::kSchemaVersion; ++version) {
    CAPTURE(version);
    const TemporaryDirectory directory;
    const std::string path = directory / "jobs.db";
    if (version < sql::kSchemaVersion) make_version(version, path);
    std::vector<int> found;
    for (int open = 1; open <= 2; ++open) {
      const auto report = [](const Error& error) { FAIL_CHECK(error.detail); };
      SqliteStoreOptions options{report, report};
      options.migrating = [&] {
        SQLite::Database database(path);
        found.push_back(sql::schema_version(database));
      };
      REQUIRE(SqliteStore::open(path, std::move(options)));
    }
    CHECK(found == (version < sql::kSchemaVersion ? std::vector{version} : std::vector<int>{}));
  }
}

}  // namespace jobsched::testing
