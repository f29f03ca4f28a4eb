-- A store of schema version 3 with a one-time job, a recurring job of a time zone that skips misfires, and an outstanding delivery.
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

INSERT INTO accounts (id, name, jobs) VALUES (1, 'default', 3);
INSERT INTO jobs VALUES
  (1, x'01900000000070008000000000000001', 'https://example.com/once', 'sig', 'text/plain', x'68690A', 1893456001000, NULL, 1893456001000, 1893456001000, NULL, 0, NULL, NULL, 0, NULL),
  (1, x'01900000000070008000000000000002', 'https://example.com/again', NULL, NULL, NULL, NULL, '0 15 10 ? * *', 1893492900000, 1893492900000, 'Test/Zone', 0, NULL, 'skip', 2, 1893406500000),
  (1, x'01900000000070008000000000000003', 'https://example.com/retried', NULL, NULL, NULL, 1893455000000, NULL, NULL, NULL, NULL, 0, NULL, NULL, 0, 1893455000000);
INSERT INTO time_zones VALUES ('Test/Zone', 7);
INSERT INTO clock VALUES (1893455500000);
INSERT INTO deliveries (job, fire_time, account, attempt, due, token, holder) VALUES
  (x'01900000000070008000000000000003', 1893455000000, 1, 2, 1893456002000, NULL, NULL);

PRAGMA user_version = 3;
