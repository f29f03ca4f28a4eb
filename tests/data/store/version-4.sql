-- A store of schema version 4 with a one-time job, a recurring job of a time zone that skips misfires, an outstanding delivery with its
-- first attempt in the log, and a signing secret.
PRAGMA journal_mode = WAL;
PRAGMA application_id = 1248813651;
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
  timezone     TEXT,
  paused       INTEGER NOT NULL DEFAULT 0,
  pause_reason TEXT,
  misfire      TEXT,
  epoch        INTEGER NOT NULL DEFAULT 0,
  fired        INTEGER,
  name         TEXT,
  method       TEXT,
  headers      TEXT,
  timeout      INTEGER,
  attempts     INTEGER,
  backoff      TEXT,
  PRIMARY KEY (account, id),
  CHECK (("when" IS NULL) <> (cron IS NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX jobs_by_due ON jobs (due) WHERE due IS NOT NULL;

CREATE INDEX jobs_by_timezone ON jobs (timezone, id)
  WHERE timezone IS NOT NULL AND cron IS NOT NULL;

CREATE TABLE time_zones (
  name  TEXT PRIMARY KEY,
  rules INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE deliveries (
  job       BLOB NOT NULL,
  fire_time INTEGER NOT NULL,
  account   INTEGER NOT NULL,
  attempt   INTEGER NOT NULL,
  due       INTEGER NOT NULL,
  token     INTEGER,
  holder    INTEGER,
  epoch     INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (job, fire_time),
  CHECK ((token IS NULL) = (holder IS NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX recurring_jobs ON jobs (id) WHERE cron IS NOT NULL;

CREATE TABLE clock (
  last_claim INTEGER
) STRICT;

CREATE INDEX deliveries_by_due ON deliveries (due, holder);

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

INSERT INTO accounts (id, name, jobs) VALUES (1, 'default', 3);
INSERT INTO jobs VALUES
  (1, x'01900000000070008000000000000001', 'https://example.com/once', 'sig', 'text/plain', x'68690A', 1893456001000, NULL, 1893456001000, 1893456001000, NULL, 0, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (1, x'01900000000070008000000000000002', 'https://example.com/again', NULL, NULL, NULL, NULL, '0 15 10 ? * *', 1893492900000, 1893492900000, 'Test/Zone', 0, NULL, 'skip', 2, 1893406500000, NULL, NULL, NULL, NULL, NULL, NULL),
  (1, x'01900000000070008000000000000003', 'https://example.com/retried', NULL, NULL, NULL, 1893455000000, NULL, NULL, NULL, NULL, 0, NULL, NULL, 0, 1893455000000, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO time_zones VALUES ('Test/Zone', 7);
INSERT INTO clock VALUES (1893455500000);
INSERT INTO deliveries (job, fire_time, account, attempt, due, token, holder) VALUES
  (x'01900000000070008000000000000003', 1893455000000, 1, 2, 1893456002000, NULL, NULL);
INSERT INTO attempts (account, id, job, fire_time, epoch, attempt, at, state, started, fault, status, dns, connect, tls, first_byte, total) VALUES
  (1, 1, x'01900000000070008000000000000003', 1893455000000, 0, 1, 1893455000200, 0, 1893455000100, 0, 503, 0, 900, 0, 90000, 99000);
INSERT INTO signing_secrets VALUES (1, 1, x'000102030405060708090A0B0C0D0E0F1011121314151617', 1893400000000, NULL);

PRAGMA user_version = 4;
