#include "daemon/store/postgres/schema.h"

#include <array>
#include <span>
#include <string>

namespace jobsched::pg {

namespace {

// Instants are milliseconds since 1970, timings microseconds. Text that people wrote is compared
// byte by byte.
//
// accounts is as in SQLite's schema; job_counts has the number of an account's jobs, spread over
// slots: each instance counts in its own, so that instances do not wait for each other. A slot may
// be negative; the sum is right.
//
// A job and its outstanding delivery, of which there is at most one, are one row: claiming it is
// one update, and its end one more. next is the fire time that has not fired yet. fire_time,
// fired_in (the epoch it fired in) and attempt are the delivery's, and null if there is none;
// holder, token and until are there while an instance holds a lease on it, until then. due is when
// somebody must look at the row: the next attempt or, without a delivery, `next`. A claim leaves
// it, as it leaves all that is in an index.
//
// attempts is as in SQLite's schema, but ids come from a sequence.
//
// instances has a row for each run of a daemon: `commits` is the number of its last transaction
// that wrote, which tells a commit whose answer was lost from one that was not made, and `seen`
// when it was last alive, by the database's clock.
constexpr auto kVersion1 = std::to_array<const char*>({
    R"sql(
CREATE TABLE jobsched.accounts (
  id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name     text COLLATE "C" NOT NULL CONSTRAINT accounts_by_name UNIQUE,
  key_hash bytea CHECK (length(key_hash) = 32),
  added    bigint
))sql",
    "CREATE INDEX accounts_with_keys ON jobsched.accounts (id) WHERE key_hash IS NOT NULL",
    R"sql(
CREATE TABLE jobsched.job_counts (
  account bigint NOT NULL,
  slot    bigint NOT NULL,
  jobs    bigint NOT NULL,
  PRIMARY KEY (account, slot)
) WITH (fillfactor = 50))sql",
    R"sql(
CREATE TABLE jobsched.jobs (
  account      bigint NOT NULL,
  id           uuid NOT NULL,
  url          text COLLATE "C" NOT NULL,
  signature    text COLLATE "C",
  content_type text COLLATE "C",
  data         bytea,
  "when"       bigint,
  cron         text COLLATE "C",
  timezone     text COLLATE "C",
  misfire      text COLLATE "C",
  paused       boolean NOT NULL DEFAULT false,
  pause_reason text COLLATE "C",
  epoch        bigint NOT NULL DEFAULT 0,
  fired        bigint,
  name         text COLLATE "C",
  method       text COLLATE "C",
  headers      text COLLATE "C",
  timeout      bigint,
  attempts     bigint,
  backoff      text COLLATE "C",
  next         bigint,
  due          bigint,
  fire_time    bigint,
  fired_in     bigint,
  attempt      bigint,
  token        bigint,
  holder       bigint,
  until        bigint,
  CONSTRAINT jobs_by_id PRIMARY KEY (account, id),
  CHECK (("when" IS NULL) <> (cron IS NULL)),
  CHECK ((fire_time IS NULL) = (fired_in IS NULL) AND (fire_time IS NULL) = (attempt IS NULL)),
  CHECK ((token IS NULL) = (holder IS NULL) AND (token IS NULL OR fire_time IS NOT NULL)),
  CHECK ((token IS NULL) = (until IS NULL))
))sql",
    "CREATE INDEX jobs_by_due ON jobsched.jobs (due) WHERE due IS NOT NULL",
    "CREATE UNIQUE INDEX jobs_by_name ON jobsched.jobs (account, name) WHERE name IS NOT NULL",
    "CREATE INDEX jobs_by_timezone ON jobsched.jobs (timezone, id)"
    " WHERE timezone IS NOT NULL AND cron IS NOT NULL",
    "CREATE INDEX recurring_jobs ON jobsched.jobs (id) WHERE cron IS NOT NULL",
    "CREATE SEQUENCE jobsched.tokens CACHE 64",
    R"sql(
CREATE TABLE jobsched.attempts (
  account    bigint NOT NULL,
  id         bigint NOT NULL,
  job        uuid NOT NULL,
  fire_time  bigint NOT NULL,
  epoch      bigint NOT NULL,
  attempt    bigint NOT NULL,
  at         bigint NOT NULL,
  state      bigint NOT NULL,
  reason     bytea,
  started    bigint,
  fault      bigint,
  status     bigint,
  error      bytea,
  response   bytea,
  dns        bigint,
  connect    bigint,
  tls        bigint,
  first_byte bigint,
  total      bigint,
  PRIMARY KEY (account, id)
))sql",
    "CREATE INDEX attempts_by_delivery ON jobsched.attempts (job, fire_time, epoch)",
    "CREATE INDEX attempts_in_vain ON jobsched.attempts (account, state, id) WHERE state > 2",
    "CREATE SEQUENCE jobsched.attempt_ids",
    "CREATE TABLE jobsched.retired_jobs (LIKE jobsched.jobs)",
    "CREATE UNIQUE INDEX retired_jobs_by_id ON jobsched.retired_jobs (account, id)",
    R"sql(
CREATE TABLE jobsched.signing_secrets (
  id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  account bigint NOT NULL,
  secret  bytea NOT NULL CHECK (length(secret) BETWEEN 24 AND 64),
  created bigint NOT NULL,
  ends    bigint
))sql",
    "CREATE INDEX signing_secrets_by_account ON jobsched.signing_secrets (account)",
    R"sql(
CREATE TABLE jobsched.idempotency_keys (
  account bigint NOT NULL,
  key     text COLLATE "C" NOT NULL,
  request bytea NOT NULL CHECK (length(request) = 32),
  at      bigint NOT NULL,
  created bytea NOT NULL CHECK (length(created) % 17 = 0),
  CONSTRAINT idempotency_keys_by_key PRIMARY KEY (account, key)
))sql",
    "CREATE INDEX idempotency_keys_by_age ON jobsched.idempotency_keys (at)",
    R"sql(
CREATE TABLE jobsched.time_zones (
  name  text COLLATE "C" PRIMARY KEY,
  rules bigint
))sql",
    "CREATE TABLE jobsched.clock (last_claim bigint)",
    "INSERT INTO jobsched.clock VALUES (NULL)",
    R"sql(
CREATE TABLE jobsched.instances (
  id      bigint PRIMARY KEY,
  name    text COLLATE "C" NOT NULL,
  commits bigint NOT NULL,
  seen    bigint NOT NULL
) WITH (fillfactor = 50))sql",
});

// Step n brings version n to n + 1. A step that was released is never changed.
constexpr std::array<std::span<const char* const>, kSchemaVersion> kSteps{kVersion1};

// Any number that nobody else uses: "jobsched" in ASCII. Held by a transaction, not a session.
constexpr auto kLock = "SELECT pg_advisory_xact_lock(7669623075462472036)";

constexpr int kOldestServer = 130'000;

Result<void> expect_fit(Connection& connection) {
  const int version = connection.server_version();
  if (version < kOldestServer) {
    return fail(ErrorKind::kInvalid, "the database's server is PostgreSQL " +
                                         std::to_string(version / 10'000) +
                                         ", but version 13 or later is needed");
  }
  const Rows rows = connection.run("SHOW server_encoding");
  const std::string encoding = rows[0].text(0);
  if (encoding == "UTF8") return {};
  return fail(ErrorKind::kInvalid,
              "the database's encoding is " + encoding +
                  ", which cannot hold all names; make one with CREATE DATABASE … ENCODING 'UTF8' "
                  "TEMPLATE template0");
}

Result<void> expect_known(int version) {
  if (version <= kSchemaVersion) return {};
  return fail(ErrorKind::kInvalid,
              "the database has been used by a newer version of jobsched (its "
              "tables are of version " +
                  std::to_string(version) + ", this one knows " + std::to_string(kSchemaVersion) +
                  "); upgrade jobsched on this machine");
}

// Looked for last: a move holds back whoever reads the version meanwhile.
Result<void> expect_here(Connection& connection) {
  const std::optional<std::string> target = moved_to(connection);
  if (!target) return {};
  return fail(ErrorKind::kInvalid,
              "the jobs of the database have been moved to " + *target +
                  "; use that, or begin anew here after DROP SCHEMA jobsched CASCADE");
}

void make_version_table(Connection& connection) {
  connection.queue("CREATE SCHEMA IF NOT EXISTS jobsched");
  connection.queue("CREATE TABLE jobsched.version (version bigint NOT NULL)");
  connection.run("INSERT INTO jobsched.version VALUES (0)");
}

}  // namespace

// Reads the catalogue's tables: what a session has looked up by name before another one made it, it
// may go on missing until its transaction ends.
int schema_version(Connection& connection) {
  const Rows there = connection.run(
      "SELECT EXISTS (SELECT FROM pg_catalog.pg_tables"
      " WHERE schemaname = 'jobsched' AND tablename = 'version')");
  if (!there[0].flag(0)) return 0;
  const Rows rows = connection.run("SELECT version FROM jobsched.version");
  return rows.empty() ? 0 : static_cast<int>(rows[0].number(0));
}

std::optional<std::string> moved_to(Connection& connection) {
  const Rows there = connection.run("SELECT to_regclass('jobsched.moved_to') IS NOT NULL");
  if (!there[0].flag(0)) return std::nullopt;
  const Rows rows = connection.run("SELECT target FROM jobsched.moved_to");
  return rows.empty() ? std::nullopt : std::optional{rows[0].text(0)};
}

void mark_moved(Connection& connection, const std::string& target) {
  connection.queue("CREATE TABLE jobsched.moved_to (target text NOT NULL)");
  connection.queue("INSERT INTO jobsched.moved_to VALUES ($1)", target);
  connection.run("ALTER TABLE jobsched.jobs RENAME TO moved_jobs");
}

Result<void> migrate(Connection& connection, const std::function<void()>& migrating) {
  if (auto fit = expect_fit(connection); !fit) return fit;
  const int found = schema_version(connection);
  if (auto here = expect_here(connection); !here) return here;
  if (found == kSchemaVersion) return {};
  if (auto known = expect_known(found); !known) return known;
  if (found > 0) migrating();
  connection.queue("BEGIN");
  connection.run(kLock);
  // Another instance may have been here meanwhile.
  int version = schema_version(connection);
  if (version == 0) make_version_table(connection);
  for (; version < kSchemaVersion; ++version) {
    for (const char* const statement : kSteps.at(static_cast<std::size_t>(version)))
      connection.queue(statement);
    connection.run("UPDATE jobsched.version SET version = $1::bigint", std::int64_t{version + 1});
  }
  connection.run("COMMIT");
  return expect_known(version);
}

}  // namespace jobsched::pg
