#include "daemon/store/postgres/postgres_store.h"

#include <chrono>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "daemon/store/postgres/connection.h"
#include "daemon/store/postgres/libpq.h"
#include "tests/daemon/store_conformance.h"
#include "tests/support/cutting_relay.h"
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
  // One by one, so that there is one server for all.
  for (const StoreCase& one : conformance_cases()) {
    CAPTURE(one.rule);
    server->execute("jobsched", "DROP SCHEMA IF EXISTS jobsched CASCADE");
    const auto store = open_store(uri);
    one.check(*store);
  }
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

namespace {

// Two instances of one database, whose time is that of their callers.
class Pair {
 public:
  explicit Pair(const std::string& uri)
      : first_(open_store(uri, strict_options(1))), second_(open_store(uri, strict_options(2))) {}

  StoreDriver one() { return StoreDriver(*first_); }

  StoreDriver other() { return StoreDriver(*second_); }

  Store& first() { return *first_; }

  Store& second() { return *second_; }

 private:
  std::unique_ptr<PostgresStore> first_;
  std::unique_ptr<PostgresStore> second_;
};

std::set<JobId> jobs_of(const Claims& claims) {
  std::set<JobId> ids;
  for (const Claim& claim : claims.claims)
    ids.insert(claim.job.id);
  return ids;
}

std::string state_of(Store& store, const Claim& claim) {
  const auto found = store.find_delivery(claim.job.account, claim.delivery);
  REQUIRE(found);
  return *found ? std::string(state_name((*found)->state)) : "none";
}

pg::Libpq libpq() {
  const Result<pg::Libpq> pq = pg::Libpq::load();
  REQUIRE(pq);
  return *pq;
}

}  // namespace

TEST_CASE("instances of one database share what is due") {
  const auto server = PostgresServer::start();
  if (server == nullptr) return;
  Pair pair(server->new_database());
  for (std::uint32_t number = 1; number <= 10; ++number)
    REQUIRE(pair.one().create(sample_once(number, at(number))));

  const Claims some = pair.one().claim(at(100), 6, 1);
  const Claims rest = pair.other().claim(at(100), 6, 2);
  CHECK(some.claims.size() == 6);
  CHECK(rest.claims.size() == 4);
  std::set<JobId> all = jobs_of(some);
  all.merge(jobs_of(rest));
  CHECK(all.size() == 10);
  CHECK(pair.one().claim(at(100), 6, 1).claims.empty());
  CHECK(pair.other().counts().instances == 2);
}

TEST_CASE("a lease that has ended goes to another instance, and the first one records nothing") {
  const auto server = PostgresServer::start();
  if (server == nullptr) return;
  Pair pair(server->new_database());
  REQUIRE(pair.one().create(sample_once(1, at(1))));
  const Claims claims = pair.one().claim(at(1), 1, 1);
  REQUIRE(claims.claims.size() == 1);
  const Claim& late = claims.claims.front();
  const Instant end = at(1) + StoreDriver::kLease;

  CHECK(pair.other().claim(end - Millis{1}, 1, 2).claims.empty());
  const Claims again = pair.other().claim(end, 1, 2);
  REQUIRE(again.claims.size() == 1);
  const Claim& live = again.claims.front();
  CHECK(live.delivery == late.delivery);
  CHECK(live.token != late.token);

  pair.one().record(late, Accepted{}, end);
  CHECK(state_of(pair.second(), live) == "inFlight");
  pair.other().record(live, Accepted{}, end);
  CHECK(state_of(pair.first(), live) == "accepted");
  CHECK(pair.one().counts().jobs == 0);
}

TEST_CASE("a job that another transaction is at holds up nothing else") {
  const auto server = PostgresServer::start();
  if (server == nullptr) return;
  const std::string uri = server->new_database();
  Pair pair(uri);
  for (std::uint32_t number = 1; number <= 3; ++number)
    REQUIRE(pair.one().create(sample_once(number, at(number))));
  const pg::Libpq pq = libpq();
  pg::Connection somebody(pq, pg::Target{uri});
  somebody.queue("BEGIN");
  somebody.run("SELECT FROM jobsched.jobs WHERE id = $1::uuid FOR UPDATE", sample_id(1));

  CHECK(jobs_of(pair.one().claim(at(100), 10, 1)) == std::set{sample_id(2), sample_id(3)});
  somebody.run("COMMIT");
  CHECK(jobs_of(pair.other().claim(at(100), 10, 2)) == std::set{sample_id(1)});
}

TEST_CASE("what one instance stores, the other sees") {
  const auto server = PostgresServer::start();
  if (server == nullptr) return;
  Pair pair(server->new_database());
  Job named = sample_once(1, at(1));
  named.spec.name = "nightly";
  REQUIRE(pair.one().create(named));
  Job anew = sample_once(2, at(2));
  anew.spec.name = "nightly";
  const auto replaced = pair.other().create(anew);
  REQUIRE(replaced);
  CHECK(*replaced == Created{named.id, true});
  CHECK(pair.one().counts().jobs == 1);

  const auto removed = pair.other().remove(named.account, named.id);
  CHECK(removed);
  CHECK(pair.one().counts().jobs == 0);
  CHECK_FALSE(pair.one().find(named.account, named.id));
}

TEST_CASE("an account that one instance removes gets nothing more from the other") {
  const auto server = PostgresServer::start();
  if (server == nullptr) return;
  Pair pair(server->new_database());
  const auto add = [&](const std::string& name, unsigned char first) {
    KeyHash key{};
    key.front() = first;
    return outcome<void>(pair.first(), [&](Done<void> done) {
      pair.first().add_account(name, key, kStart, std::move(done));
    });
  };
  REQUIRE(add("stays", 1));
  REQUIRE(add("goes", 2));
  Job job = sample_once(1, at(1));
  job.account = "goes";
  REQUIRE(pair.other().create(job));
  const auto removed = outcome<void>(pair.first(), [&](Done<void> done) {
    pair.first().remove_account({"goes", true}, std::move(done));
  });
  REQUIRE(removed);
  Job another = sample_once(2, at(1));
  another.account = "goes";
  const auto refused = pair.other().create(another);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::kForbidden);
  CHECK(pair.other().counts().jobs == 0);
}

TEST_CASE("a commit whose answer is lost is looked up") {
  const auto server = PostgresServer::start();
  if (server == nullptr) return;
  server->new_database();
  CuttingRelay relay(server->socket());
  const auto store = open_store("postgresql:///jobsched?host=" + relay.host() + "&user=postgres");
  StoreDriver driver(*store);
  REQUIRE(driver.create(sample_once(1, at(1))));

  SUBCASE("that was carried out") {
    relay.cut_next(CuttingRelay::Cut::kAfterCommit);
    CHECK(driver.create(sample_once(2, at(2))));
    CHECK(driver.counts().jobs == 2);
  }
  SUBCASE("that was not") {
    relay.cut_next(CuttingRelay::Cut::kBeforeCommit);
    const auto created = driver.create(sample_once(2, at(2)));
    REQUIRE_FALSE(created);
    CHECK(created.error().kind == ErrorKind::kUnavailable);
    CHECK(driver.counts().jobs == 1);
  }
  SUBCASE("also of a claim, whose leases hold") {
    relay.cut_next(CuttingRelay::Cut::kAfterCommit);
    const Claims claims = driver.claim(at(1), 10);
    REQUIRE(claims.claims.size() == 1);
    driver.record(claims.claims.front(), Accepted{}, at(1));
    CHECK(driver.counts().jobs == 0);
  }
  CHECK(driver.create(sample_once(3, at(3))));
}

TEST_CASE("a database that is away is told of at once, and used again when it is back") {
  const auto server = PostgresServer::start();
  if (server == nullptr) return;
  const auto store = open_store(server->new_database());
  StoreDriver driver(*store);
  REQUIRE(driver.create(sample_once(1, at(1))));
  server->stop();
  const auto refused = driver.create(sample_once(2, at(2)));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::kUnavailable);
  const auto unread = store->counts();
  REQUIRE_FALSE(unread);
  CHECK(unread.error().kind == ErrorKind::kUnavailable);
  server->resume();
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{30};
  while (!driver.create(sample_once(2, at(2))))
    REQUIRE(std::chrono::steady_clock::now() < deadline);
  CHECK(driver.counts().jobs == 2);
}

TEST_CASE("a statement that is refused fails the events at fault, and no others") {
  const auto server = PostgresServer::start();
  if (server == nullptr) return;
  const auto store = open_store(server->new_database());
  std::vector<std::string> answers;
  const auto create = [&](std::uint32_t number, const std::string& url) {
    Job job = sample_once(number, at(number));
    job.spec.url = url;
    store->create(job, [&](const Result<Created>& created) {
      answers.push_back(created ? "created" : "failed");
    });
  };
  create(1, "http://a/");
  create(2, "http://\xFF/");  // no UTF-8, which no text of PostgreSQL's can have
  create(3, "http://b/");
  REQUIRE(store->commit_group());
  CHECK(answers == std::vector<std::string>{"created", "failed", "created"});
  CHECK(store->counts()->jobs == 2);
}

TEST_CASE("a database that cannot be a store is refused in words that say why") {
  const auto server = PostgresServer::start();
  if (server == nullptr) return;

  struct Row {
    std::string prepare;  // SQL
    std::string uri;      // of the database, if not the usual one
    ErrorKind kind;
    std::string says;
  };

  const Row rows[] = {
      {"SELECT 1", "postgresql://user:secret@[::1/x", ErrorKind::kInvalid, "none that PostgreSQL"},
      {"SELECT 1", "postgresql:///gone?host=/nowhere&password=secret", ErrorKind::kUnavailable,
       "cannot be used just now"},
      {"CREATE SCHEMA jobsched; CREATE TABLE jobsched.version AS SELECT 1000::bigint AS version",
       {},
       ErrorKind::kInvalid,
       "a newer version of jobsched"},
      {"CREATE ROLE nobody LOGIN", server->url("jobsched") + "&user=nobody", ErrorKind::kForbidden,
       "permission denied"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.says);
    const std::string uri = server->new_database();
    server->execute("jobsched", row.prepare);
    const auto store = PostgresStore::open(row.uri.empty() ? uri : row.uri, strict_options());
    REQUIRE_FALSE(store);
    CHECK(store.error().kind == row.kind);
    CHECK(store.error().detail.find(row.says) != std::string::npos);
    CHECK(store.error().detail.find("secret") == std::string::npos);
  }
}

}  // namespace jobsched::testing
