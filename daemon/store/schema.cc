#include "daemon/store/schema.h"

#include <array>

#include <SQLiteCpp/Transaction.h>

namespace jobsched::sql {

namespace {

// accounts.jobs is the number of the account's rows in `jobs`, changed in the transaction that
// changes them: a list says its size before it is read.
//
// jobs.next is the fire time that has not fired yet. jobs.due is what the scheduler looks at: the
// same, or null from when a fire time was found that an outstanding delivery holds up until that
// delivery ends. Ids are time-ordered, so one dense key serves look-up, list and isolation.
//
// deliveries holds the outstanding ones, at most one a job. due is when somebody must look at it
// again: the next attempt or, with a token, the end of its lease. It has no foreign key to `jobs`:
// that would need an index by account for nothing else.
constexpr auto kVersion1 = R"sql(
CREATE TABLE accounts (
  id   INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  jobs INTEGER NOT NULL
) STRICT;

CREATE TABLE jobs (
  account      INTEGER NOT NULL REFERENCES accounts (id),
  id           BLOB NOT NULL CHECK (length(id) = 16),
  url          TEXT NOT NULL,
  signature    TEXT,
  content_type TEXT,
  data         BLOB,
  "when"       INTEGER,
  cron         TEXT,
  next         INTEGER,
  due          INTEGER,
  PRIMARY KEY (account, id),
  CHECK (("when" IS NULL) <> (cron IS NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX jobs_by_due ON jobs (due) WHERE due IS NOT NULL;

CREATE TABLE deliveries (
  job       BLOB NOT NULL,
  fire_time INTEGER NOT NULL,
  account   INTEGER NOT NULL,
  attempt   INTEGER NOT NULL,
  due       INTEGER NOT NULL,
  token     INTEGER,
  holder    INTEGER,
  PRIMARY KEY (job, fire_time),
  CHECK ((token IS NULL) = (holder IS NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX deliveries_by_due ON deliveries (due, holder);
)sql";

// jobs.timezone is the IANA name that was given; time_zones holds those of recurring jobs with the
// fingerprint of the rules by which their next fire times were computed, null if there were none. A
// paused job has no next fire time; pause_reason is there if the daemon paused it.
constexpr auto kVersion2 = R"sql(
ALTER TABLE jobs ADD COLUMN timezone TEXT;
ALTER TABLE jobs ADD COLUMN paused INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN pause_reason TEXT;

CREATE INDEX jobs_by_timezone ON jobs (timezone, id)
  WHERE timezone IS NOT NULL AND cron IS NOT NULL;

CREATE TABLE time_zones (
  name  TEXT PRIMARY KEY,
  rules INTEGER
) STRICT, WITHOUT ROWID;
)sql";

// jobs.misfire is null for `fire`, the default, or else as in documents; fired is the latest fire
// time that has fired. epoch is the job's, and the one that a delivery fired in. clock.last_claim
// is `Store::last_claim`, the only row.
constexpr auto kVersion3 = R"sql(
ALTER TABLE jobs ADD COLUMN misfire TEXT;
ALTER TABLE jobs ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN fired INTEGER;
ALTER TABLE deliveries ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0;

CREATE INDEX recurring_jobs ON jobs (id) WHERE cron IS NOT NULL;

CREATE TABLE clock (
  last_claim INTEGER
) STRICT;
INSERT INTO clock VALUES (NULL);
)sql";

// What a job has not set is null: its name, and what it says of its callback. headers and backoff
// are as column_text.h says, timeout is in seconds.
//
// attempts is the log: a row for each attempt that has ended and for each delivery that ended
// without one (attempt, started and what follows are null then, or 0). Ids rise with time over all
// accounts; state is DeliveryState's number of what the delivery became by it, fault is Fault's;
// at and started are instants, the timings microseconds. The second index holds what is
// neither accepted nor goes on: little, and what people look for.
//
// retired_jobs has the columns of jobs, whatever they are: jobs that were purged with an exhausted
// delivery, kept as long as the log knows of it, so that it can be tried again.
//
// signing_secrets has at most two rows an account: the newest, which has no end, and the one before
// it, which has one. The clock may be set back, so their ids say which is newer.
constexpr auto kVersion4 = R"sql(
ALTER TABLE jobs ADD COLUMN name TEXT;
ALTER TABLE jobs ADD COLUMN method TEXT;
ALTER TABLE jobs ADD COLUMN headers TEXT;
ALTER TABLE jobs ADD COLUMN timeout INTEGER;
ALTER TABLE jobs ADD COLUMN attempts INTEGER;
ALTER TABLE jobs ADD COLUMN backoff TEXT;

CREATE UNIQUE INDEX jobs_by_name ON jobs (account, name) WHERE name IS NOT NULL;

CREATE TABLE attempts (
  account    INTEGER NOT NULL,
  id         INTEGER NOT NULL,
  job        BLOB NOT NULL,
  fire_time  INTEGER NOT NULL,
  epoch      INTEGER NOT NULL,
  attempt    INTEGER NOT NULL,
  at         INTEGER NOT NULL,
  state      INTEGER NOT NULL,
  reason     TEXT,
  started    INTEGER,
  fault      INTEGER,
  status     INTEGER,
  error      TEXT,
  response   BLOB,
  dns        INTEGER,
  connect    INTEGER,
  tls        INTEGER,
  first_byte INTEGER,
  total      INTEGER,
  PRIMARY KEY (account, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX attempts_by_delivery ON attempts (job, fire_time, epoch);
CREATE INDEX attempts_in_vain ON attempts (account, state, id) WHERE state > 2;

CREATE TABLE retired_jobs AS SELECT * FROM jobs WHERE false;
CREATE UNIQUE INDEX retired_jobs_by_id ON retired_jobs (account, id);

CREATE TABLE signing_secrets (
  id      INTEGER PRIMARY KEY,
  account INTEGER NOT NULL REFERENCES accounts (id),
  secret  BLOB NOT NULL CHECK (length(secret) BETWEEN 24 AND 64),
  created INTEGER NOT NULL,
  ends    INTEGER
) STRICT;

CREATE INDEX signing_secrets_by_account ON signing_secrets (account);
)sql";

// accounts.key_hash is the SHA-256 of the account's key, and added is when it got its first one.
// Both are null for an account that nobody has added, but that has had jobs or secrets.
//
// idempotency_keys holds requests to create that may come again: `request` is the digest of what
// was asked for, `created` what became of it, in 17 bytes a job: its id, and 1 if it took the place
// of another.
constexpr auto kVersion5 = R"sql(
ALTER TABLE accounts ADD COLUMN key_hash BLOB CHECK (length(key_hash) = 32);
ALTER TABLE accounts ADD COLUMN added INTEGER;

CREATE INDEX accounts_by_key ON accounts (key_hash);

CREATE TABLE idempotency_keys (
  id      INTEGER PRIMARY KEY,
  account INTEGER NOT NULL REFERENCES accounts (id),
  key     TEXT NOT NULL,
  request BLOB NOT NULL CHECK (length(request) = 32),
  at      INTEGER NOT NULL,
  created BLOB NOT NULL CHECK (length(created) % 17 = 0),
  UNIQUE (account, key)
) STRICT;

CREATE INDEX idempotency_keys_by_age ON idempotency_keys (at);
)sql";

// Step n brings version n to n + 1. A step that was released is never changed.
constexpr std::array<const char*, kSchemaVersion> kSteps{kVersion1, kVersion2, kVersion3, kVersion4,
                                                         kVersion5};

}  // namespace

int schema_version(SQLite::Database& database) {
  return database.execAndGet("PRAGMA user_version").getInt();
}

void create(const std::string& path) {
  SQLite::Database database(path, SQLite::OPEN_READWRITE | SQLite::OPEN_NOMUTEX);
  database.exec("PRAGMA synchronous = FULL");
  database.exec("PRAGMA application_id = " + std::to_string(kApplicationId));
  migrate(database);
}

void migrate(SQLite::Database& database) {
  for (int version = schema_version(database); version < kSchemaVersion; ++version) {
    SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
    database.exec(kSteps.at(static_cast<std::size_t>(version)));
    database.exec("PRAGMA user_version = " + std::to_string(version + 1));
    transaction.commit();
  }
}

}  // namespace jobsched::sql
