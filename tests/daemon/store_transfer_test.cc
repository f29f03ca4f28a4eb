#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <doctest/doctest.h>

#include "daemon/store/sqlite_store.h"
#include "daemon/store/store_lock.h"
#include "daemon/store/transfer/move.h"
#include "tests/support/postgres_server.h"
#include "tests/support/store_driver.h"
#include "tests/support/temporary_directory.h"

namespace jobsched::testing {

namespace {

namespace fs = std::filesystem;

// One of everything: each column with a value and, if it may be, without one; bytes of any kind
// where they may be; text in several scripts, and with all that means something in an array.
constexpr auto kEverything = R"sql(
INSERT INTO accounts (id, name, jobs, key_hash, added) VALUES
  (1, 'default', 5, NULL, NULL),
  (9, 'alice', 1, zeroblob(32), 1893456000001);
INSERT INTO jobs (account, id, url, signature, content_type, data, "when", cron, next, due, timezone,
                  paused, pause_reason, misfire, epoch, fired, name, method, headers, timeout,
                  attempts, backoff) VALUES
  (1, x'01900000000070008000000000000001', 'https://example.com/', NULL, NULL, NULL,
   1893456001000, NULL, 1893456001000, 1893456001000, NULL,
   0, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (1, x'01900000000070008000000000000002', 'https://example.com/{a,b}?"\',
   's "\{},NULL', 'text/plain; charset=utf-8', x'00ff5c22270a7b7d2c00', NULL, '0 15 10 ? * *',
   1893500100000, NULL, 'Test/Zone', 0, NULL, 'skip', 3, 1893413700000, 'Zoë 夜 😀', 'PUT',
   'X-A: 1' || char(10) || 'X-B: "ü, \"' || char(10), 300, 20, '5 30 86400'),
  (1, x'01900000000070008000000000000003', 'https://example.com/', '', '', x'', NULL,
   '0 15 10 ? * *', NULL, NULL, 'Gone/Zone', 1, 'the zone is gone', NULL, 1, NULL, 'NULL',
   NULL, NULL, NULL, 1, NULL),
  (1, x'01900000000070008000000000000004', 'https://example.com/', NULL, NULL, zeroblob(100000),
   1893455000000, NULL, NULL, NULL, NULL, 0, NULL, NULL, 0, 1893455000000, NULL, NULL, NULL, NULL,
   NULL, '1'),
  (1, x'ffffffffffffffffffffffffffffffff', 'https://example.com/', NULL, NULL, NULL,
   1893455000000, NULL, NULL, NULL, NULL, 0, NULL, NULL, 4294967295, 1893455000000, NULL, NULL, NULL,
   NULL, NULL, NULL),
  (9, x'01900000000070008000000000000001', 'https://example.com/', NULL, NULL, NULL,
   1893456001000, NULL, 1893456001000, 1893456001000, NULL,
   0, NULL, NULL, 0, NULL, 'Zoë 夜 😀', NULL, NULL, NULL, NULL, NULL);
INSERT INTO deliveries (job, fire_time, account, attempt, due, token, holder, epoch) VALUES
  (x'01900000000070008000000000000002', 1893413700000, 1, 2, 1893456100000, NULL, NULL, 3),
  (x'01900000000070008000000000000004', 1893455000000, 1, 3, 1893456200000, 17, -1, 0),
  (x'ffffffffffffffffffffffffffffffff', 1893455000000, 1, 1, 1893455000000, NULL, NULL, 7);
INSERT INTO retired_jobs SELECT * FROM jobs WHERE id = x'01900000000070008000000000000004';
UPDATE retired_jobs SET id = x'01900000000070008000000000000005', name = 'retired';
INSERT INTO attempts (account, id, job, fire_time, epoch, attempt, at, state, reason, started, fault,
                      status, error, response, dns, connect, tls, first_byte, total) VALUES
  (1, 5, x'01900000000070008000000000000004', 1893455000000, 0, 1, 1893455000100, 0, NULL,
   1893455000000, 0, 503, 'busy', x'00ff80', 1, 2, NULL, 3, 4),
  (1, 2000000007, x'01900000000070008000000000000005', 1893455000000, 4294967295, 0, 1, 3,
   CAST(x'e4fc0022' AS TEXT), NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (9, 6, x'01900000000070008000000000000001', 1893455000000, 0, 2, 1, 4, 'ended', 1, 2, 0,
   CAST(x'ff' AS TEXT), x'', NULL, NULL, 5, NULL, 0);
INSERT INTO signing_secrets (id, account, secret, created, ends) VALUES
  (3, 1, zeroblob(24), 20, 30), (4, 9, randomblob(64), 10, NULL), (8, 1, randomblob(32), 10, NULL);
INSERT INTO idempotency_keys (id, account, key, request, at, created) VALUES
  (1, 9, 'k "\{},NULL', randomblob(32), 5, x''),
  (2, 1, 'k', zeroblob(32), 6, zeroblob(34));
INSERT INTO time_zones VALUES ('Gone/Zone', NULL), ('Test/Zone', -1);
UPDATE clock SET last_claim = 1893456000000;
)sql";

// What a move makes of it: nobody holds a lease any more, and a job with a next fire time is looked
// at then.
constexpr auto kAfterwards = R"sql(
UPDATE deliveries SET due = fire_time, token = NULL, holder = NULL WHERE token IS NOT NULL;
UPDATE jobs SET due = next;
)sql";

void execute(const std::string& path, const char* statements) {
  SQLite::Database(path, SQLite::OPEN_READWRITE).exec(statements);
}

void make_store(const std::string& path) {
  const auto report = [](const Error& error) { FAIL_CHECK(error.detail); };
  const auto store = SqliteStore::open(path, {report, report});
  if (!store) FAIL(store.error().detail);
}

void make_full_store(const std::string& path) {
  make_store(path);
  execute(path, kEverything);
}

// All rows of a table, each column as SQLite writes it down.
std::vector<std::string> rows_of(SQLite::Database& database, const std::string& table) {
  const bool has_key = table == "idempotency_keys";  // its ids are of no meaning
  const std::string name = has_key ? "(SELECT account, key, request, at, created FROM "
                                     "idempotency_keys ORDER BY account, key)"
                                   : table;
  SQLite::Statement statement(database, "SELECT * FROM " + name);
  std::vector<std::string> rows;
  while (statement.executeStep()) {
    std::string& row = rows.emplace_back();
    for (int index = 0; index < statement.getColumnCount(); ++index) {
      const SQLite::Column column = statement.getColumn(index);
      row += std::string(column.getName()) + "=" + std::to_string(column.getType()) + ":" +
             column.getString() + "|";
    }
  }
  return rows;
}

constexpr auto kTableNames =
    std::to_array<const char*>({"accounts", "jobs", "deliveries", "retired_jobs", "attempts",
                                "signing_secrets", "idempotency_keys", "time_zones", "clock"});

std::map<std::string, std::vector<std::string>> contents(const std::string& path) {
  SQLite::Database database(path, SQLite::OPEN_READWRITE);
  std::map<std::string, std::vector<std::string>> tables;
  for (const char* const table : kTableNames)
    tables[table] = rows_of(database, table);
  return tables;
}

// A place for a file, and an empty database.
struct Place {
  explicit Place(PostgresServer& its_server)
      : server(its_server), database(server.new_database("one")) {}

  PostgresServer& server;
  TemporaryDirectory directory;
  std::string file = directory / "jobs.db";
  std::string database;
};

Result<Moved> move(const std::string& from, const std::string& to) {
  const auto source = parse_store_location(from);
  const auto target = parse_store_location(to);
  REQUIRE(source);
  REQUIRE(target);
  return move_store(*source, *target,
                    [](std::uint64_t done, std::uint64_t total) { CHECK(done <= total); });
}

Moved move_all(const std::string& from, const std::string& to) {
  const auto moved = move(from, to);
  if (!moved) FAIL(moved.error().detail);
  return *moved;
}

void check_there_and_back(PostgresServer& server) {
  Place place(server);
  make_full_store(place.file);
  const Moved there = move_all(place.file, place.database);
  CHECK_FALSE(there.before);
  CHECK(there.left == place.file + " is now " + place.file + ".migrated");
  CHECK(there.summary.rows(transfer::kJobs) == 6);
  CHECK(there.summary.deliveries() == 3);
  CHECK(there.summary.rows(transfer::kAttempts) == 3);
  CHECK_FALSE(fs::exists(place.file));
  CHECK_FALSE(fs::exists(place.file + ".migrated-wal"));

  const std::string other = server.new_database("other");
  CHECK(move_all(place.database, other).summary == there.summary);
  const std::string back = place.directory / "back.db";
  CHECK(move_all(other, "sqlite:" + back).summary == there.summary);
  execute(place.file + ".migrated", kAfterwards);
  auto before = contents(place.file + ".migrated");
  auto after = contents(back);
  for (const char* const table : kTableNames) {
    CAPTURE(table);
    CHECK(before[table] == after[table]);
    CHECK_FALSE(after[table].empty());
  }
}

void check_empty_and_old_stores(PostgresServer& server) {
  for (const bool old : {false, true}) {
    CAPTURE(old);
    Place place(server);
    if (old) {
      std::ifstream file(JOBSCHED_TEST_DATA "/store/version-2.sql", std::ios::binary);
      const std::string text{std::istreambuf_iterator<char>(file), {}};
      SQLite::Database(place.file, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE).exec(text);
    } else {
      make_store(place.file);
    }
    const auto jobs = move_all(place.file, place.database).summary.rows(transfer::kJobs);
    CHECK((jobs > 0) == old);
    const std::string back = place.directory / "back.db";
    CHECK(move_all(place.database, back).summary.rows(transfer::kJobs) == jobs);
    make_store(back);  // opens it
  }
}

void check_another_after_an_empty_one(PostgresServer& server) {
  Place place(server);
  make_store(place.file);
  move_all(place.file, place.database);
  make_full_store(place.file + "2");
  CHECK(move_all(place.file + "2", place.database).summary.rows(transfer::kJobs) == 6);
  fs::rename(place.file + "2.migrated", place.file + "2");
  CHECK(move_all(place.file + "2", place.database).before);
}

void check_attempt_under_way(PostgresServer& server) {
  Place place(server);
  make_full_store(place.file);
  move_all(place.file, place.database);
  move_all(place.database, place.file);
  SqliteStoreOptions options{[](const Error&) {}, [](const Error&) {}};
  const auto store = SqliteStore::open(place.file, std::move(options));
  REQUIRE(store);
  StoreDriver driver(**store);
  const Claims claims = driver.claim(kStart);
  REQUIRE(claims.claims.size() == 2);
  CHECK(claims.claims[0].delivery.attempt + claims.claims[1].delivery.attempt == 4);
  for (const Claim& claim : claims.claims) {
    const bool leased = claim.delivery.job == sample_id(4);
    CHECK(claim.delivery.fire_time == Instant{Millis{1'893'455'000'000}});
    CHECK(claim.delivery.attempt == (leased ? 3 : 1));
    CHECK(claim.delivery.epoch == (leased ? 0 : 7));
  }
}

void check_numbers_go_on(PostgresServer& server) {
  Place place(server);
  make_full_store(place.file);
  move_all(place.file, place.database);
  server.execute("one", "INSERT INTO jobsched.accounts (name) VALUES ('new')");
  server.execute("one",  // an instance that has stopped
                 "INSERT INTO jobsched.instances VALUES"
                 " (1, 'berta', 1, extract(epoch FROM now()) * 1000 - 15001)");
  server.execute(
      "one",
      "INSERT INTO jobsched.signing_secrets (account, secret, created)"
      " SELECT id, decode(repeat('00', 24), 'hex'), 5 FROM jobsched.accounts WHERE id = 10");
  server.execute(
      "one",
      "INSERT INTO jobsched.attempts (account, id, job, fire_time, epoch, attempt, at, state)"
      " VALUES (10, nextval('jobsched.attempt_ids'), gen_random_uuid(), 1, 1, 1, 1, 1)");
  move_all(place.database, place.file);
  SQLite::Database database(place.file);
  CHECK(database.execAndGet("SELECT id FROM accounts WHERE name = 'new'").getInt() == 10);
  CHECK(database.execAndGet("SELECT max(id) FROM signing_secrets").getInt() == 9);
  CHECK(database.execAndGet("SELECT max(id) FROM attempts").getInt() == 2'000'000'008);
}

void check_mark_is_made_good(PostgresServer& server) {
  struct Row {
    std::string rule;
    const char* since;  // what has happened to the source since
    bool done;
  };

  const std::vector<Row> rows{
      {"nothing has happened since", "", true},
      {"a daemon has been at work since", "UPDATE clock SET last_claim = 5", false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.rule);
    Place place(server);
    make_full_store(place.file);
    const Moved first = move_all(place.file, place.database);
    fs::rename(place.file + ".migrated", place.file);
    {
      SQLite::Database database(place.file, SQLite::OPEN_READWRITE);
      database.exec(row.since);
    }
    const auto again = move(place.file, place.database);
    REQUIRE(again.has_value() == row.done);
    CHECK(fs::exists(place.file + ".migrated") == row.done);
    if (row.done) {
      CHECK(again->before);
      CHECK(again->summary == first.summary);
    } else {
      CHECK(again.error().kind == ErrorKind::kConflict);
      CHECK(fs::exists(place.file));
    }
  }
}

void check_mark_of_database_is_made_good(PostgresServer& server) {
  Place place(server);
  make_full_store(place.file);
  move_all(place.file, place.database);
  move_all(place.database, place.file);
  server.execute("one", "ALTER TABLE jobsched.moved_jobs RENAME TO jobs");
  server.execute("one", "DROP TABLE jobsched.moved_to");
  CHECK(move_all(place.database, place.file).before);
  CHECK_FALSE(move(place.database, place.directory / "new.db"));
}

struct Refusal {
  std::string rule;
  std::function<void(Place&)> prepare;
  std::string from;  // {file}, {database} and {other} stand for those of the place
  std::string to;
  ErrorKind kind;
  std::string words;
};

std::vector<Refusal> refusals() {
  const auto nothing = [](Place&) {};
  return {
      {"both are files", nothing, "{file}", "{file}2", ErrorKind::kInvalid,
       "both stores are files"},
      {"no file", [](Place& place) { fs::remove(place.file); }, "{file}", "{database}",
       ErrorKind::kNotFound, "there is no store at"},
      {"no tables", nothing, "{database}", "{file}2", ErrorKind::kNotFound, "there is no store in"},
      {"another file", [](Place& place) { std::ofstream(place.file) << "text"; }, "{file}",
       "{database}", ErrorKind::kInvalid, "not a store of jobsched"},
      {"the later name is taken", [](Place& place) { std::ofstream(place.file + ".migrated"); },
       "{file}", "{database}", ErrorKind::kConflict, "move it away"},
      {"the target file is there",
       [](Place& place) {
         move_all(place.file, place.database);
         std::ofstream(place.file) << "precious";
       },
       "{database}", "{file}", ErrorKind::kConflict, "moved to a new file only"},
      {"the target has something in it",
       [](Place& place) {
         make_full_store(place.file + "2");
         move_all(place.file + "2", place.database);
       },
       "{file}", "{database}", ErrorKind::kConflict, "with something in it"},
      {"moved already",
       [](Place& place) {
         move_all(place.file, place.database);
         move_all(place.database, place.file);
       },
       "{database}", "{other}", ErrorKind::kInvalid, "have been moved to"},
      {"to where all was moved away",
       [](Place& place) {
         move_all(place.file, place.database);
         move_all(place.database, place.file);
         fs::remove(place.file + ".migrated");
       },
       "{file}", "{database}", ErrorKind::kInvalid, "DROP SCHEMA jobsched CASCADE"},
      {"one and the same", [](Place& place) { move_all(place.file, place.database); }, "{database}",
       "{database}&application_name=x", ErrorKind::kInvalid, "same database"},
      {"an instance uses the source",
       [](Place& place) {
         move_all(place.file, place.database);
         place.server.execute("one",
                              "INSERT INTO jobsched.instances VALUES"
                              " (1, 'berta', 1, extract(epoch FROM now()) * 1000)");
       },
       "{database}", "{other}", ErrorKind::kUnavailable, "in use by berta"},
      {"no server", nothing, "{file}", "postgresql://j:geheim@127.0.0.1:1/x",
       ErrorKind::kUnavailable, "cannot be used"},
      {"a name that the target cannot hold",
       [](Place& place) {
         execute(place.file, "UPDATE jobs SET name = CAST(x'ff' AS TEXT) || id");
       },
       "{file}", "{database}", ErrorKind::kInvalid, "the name of a row of jobs"},
  };
}

void check_what_cannot_be_moved(PostgresServer& server) {
  for (const Refusal& row : refusals()) {
    CAPTURE(row.rule);
    Place place(server);
    make_full_store(place.file);
    row.prepare(place);
    const auto resolve = [&](std::string text) {
      if (text == "{other}") return server.new_database("other");
      for (const auto& [key, value] : {std::pair{std::string("{file}"), place.file},
                                       std::pair{std::string("{database}"), place.database}}) {
        if (text.starts_with(key)) text.replace(0, key.size(), value);
      }
      return text;
    };
    const auto moved = move(resolve(row.from), resolve(row.to));
    REQUIRE_FALSE(moved);
    CHECK(moved.error().kind == row.kind);
    CHECK(moved.error().detail.find(row.words) != std::string::npos);
    CHECK(moved.error().detail.find("geheim") == std::string::npos);
    CHECK_FALSE(fs::exists(place.file + "2.new"));
  }
}

void check_run_in_vain(PostgresServer& server) {
  Place place(server);
  make_full_store(place.file);
  {
    const auto lock = StoreLock::take(place.file);
    REQUIRE(lock);
    const auto moved = move(place.file, place.database);
    REQUIRE_FALSE(moved);
    CHECK(moved.error().kind == ErrorKind::kUnavailable);
    CHECK(moved.error().detail.find("process " + std::to_string(::getpid())) != std::string::npos);
  }
  execute(place.file, "UPDATE jobs SET content_type = CAST(x'00' AS TEXT)");
  CHECK_FALSE(move(place.file, place.database));
  execute(place.file, "UPDATE jobs SET content_type = NULL");
  move_all(place.file, place.database);
}

}  // namespace

TEST_CASE("stores are moved from one kind of database to another") {
  struct Rule {
    std::string_view rule;
    void (*check)(PostgresServer& server);
  };

  const auto server = PostgresServer::start();
  if (!server) {
    MESSAGE("skipped: PostgreSQL is not installed");
    return;
  }
  for (const Rule& rule : {
           Rule{"a store that is moved to PostgreSQL and back is the same, but for its leases",
                check_there_and_back},
           Rule{"an empty store can be moved, and one of an older schema",
                check_empty_and_old_stores},
           Rule{"after an empty store another one can be moved to the same database",
                check_another_after_an_empty_one},
           Rule{"an attempt that was under way is made again at once, under the same key",
                check_attempt_under_way},
           Rule{"what a database numbers itself goes on after what was moved", check_numbers_go_on},
           Rule{
               "a run that was cut off before it could mark the source is made good by another one",
               check_mark_is_made_good},
           Rule{"a run that was cut off is made good also if the target is a file",
                check_mark_of_database_is_made_good},
           Rule{"a store that cannot be moved stays as it is, and the target does, too",
                check_what_cannot_be_moved},
           Rule{"a store in use is not moved, and after a run in vain it can be",
                check_run_in_vain},
       }) {
    CAPTURE(rule.rule);
    rule.check(*server);
  }
}

TEST_CASE("where a store is, is read from one word, and shown without user and password") {
  struct Row {
    std::string_view text;
    StoreLocation::Kind kind;
    std::string_view location;
    std::string_view shown;
  };

  constexpr auto kFile = StoreLocation::Kind::kSqlite;
  constexpr auto kDatabase = StoreLocation::Kind::kPostgres;
  for (const Row& row : {
           Row{"jobs.db", kFile, "jobs.db", "jobs.db"},
           Row{"sqlite:/srv/a@b", kFile, "/srv/a@b", "/srv/a@b"},
           Row{"postgresql://h/d", kDatabase, "postgresql://h/d", "postgresql://h/d"},
           Row{"postgres://h", kDatabase, "postgres://h", "postgresql://h"},
           Row{"postgresql://u:p@h1:1,h2/d?password=p", kDatabase,
               "postgresql://u:p@h1:1,h2/d?password=p", "postgresql://h1:1,h2/d"},
           Row{"postgresql:///d?host=/run", kDatabase, "postgresql:///d?host=/run",
               "postgresql:///d"},
       }) {
    CAPTURE(row.text);
    const auto location = parse_store_location(row.text);
    REQUIRE(location);
    CHECK(location->kind == row.kind);
    CHECK(location->text == row.location);
    CHECK(location->shown == row.shown);
  }
  for (const std::string_view wrong :
       {"", "sqlite:", "postgresql://u:geh@eim@h/d", "postgresql://u:geh/eim@h/d",
        "postgresql://u:geh?eim@h/d", "postgresql://h/d?user=geh@eim"}) {
    CAPTURE(wrong);
    const auto location = parse_store_location(wrong);
    REQUIRE_FALSE(location);
    CHECK(location.error().kind == ErrorKind::kInvalid);
    CHECK(location.error().detail.find("geh") == std::string::npos);
  }
}

}  // namespace jobsched::testing
