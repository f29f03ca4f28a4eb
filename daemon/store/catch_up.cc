#include "daemon/store/catch_up.h"

#include <vector>

#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>

#include "daemon/store/connection.h"
#include "daemon/store/job_row.h"
#include "daemon/store/statements.h"

namespace jobsched::sql {

namespace {

// Jobs that both stores have with one schedule, and where the present store has them.
constexpr auto kFindLiving = R"sql(
CREATE TEMP TABLE living (
  account INTEGER NOT NULL,  -- of the copy
  id      BLOB NOT NULL,
  next    INTEGER,
  due     INTEGER,
  epoch   INTEGER NOT NULL,
  fired   INTEGER,
  pause_reason TEXT,
  PRIMARY KEY (account, id)
) WITHOUT ROWID;
INSERT INTO living
  SELECT old.account, old.id, new.next, new.due, new.epoch, new.fired, new.pause_reason
  FROM main.jobs AS old
  JOIN main.accounts AS owner ON owner.id = old.account
  JOIN present.accounts AS same ON same.name = owner.name
  JOIN present.jobs AS new ON new.account = same.id AND new.id = old.id
  WHERE new."when" IS old."when" AND new.cron IS old.cron AND new.timezone IS old.timezone
    AND new.paused = old.paused;
)sql";

// What was outstanding when the copy was made has ended, or is outstanding in the present store.
constexpr auto kFollowLiving = R"sql(
UPDATE main.jobs AS old
  SET next = living.next, due = living.due, epoch = living.epoch,
      fired = living.fired, pause_reason = living.pause_reason
  FROM living WHERE old.account = living.account AND old.id = living.id;
DELETE FROM main.deliveries;
INSERT INTO main.deliveries (job, fire_time, account, attempt, due, token, holder, epoch)
  SELECT new.job, new.fire_time, living.account, new.attempt, new.due, new.token, new.holder,
         new.epoch
  FROM living JOIN present.deliveries AS new ON new.job = living.id;
UPDATE main.clock SET last_claim = (SELECT last_claim FROM present.clock);
)sql";

// What became of deliveries since, and what is kept of the jobs that were purged with an exhausted
// one. Accounts that the copy does not know have nothing in it.
constexpr auto kFollowLog = R"sql(
INSERT OR IGNORE INTO main.attempts
  SELECT owner.id, new.id, new.job, new.fire_time, new.epoch, new.attempt, new.at, new.state,
         new.reason, new.started, new.fault, new.status, new.error, new.response, new.dns,
         new.connect, new.tls, new.first_byte, new.total
  FROM present.attempts AS new
  JOIN present.accounts AS same ON same.id = new.account
  JOIN main.accounts AS owner ON owner.name = same.name;
DELETE FROM main.retired_jobs;
INSERT INTO main.retired_jobs SELECT * FROM present.retired_jobs;
UPDATE main.retired_jobs SET account = -account;
UPDATE main.retired_jobs AS retired SET account =
  (SELECT owner.id FROM main.accounts AS owner
   JOIN present.accounts AS same ON same.name = owner.name WHERE same.id = -retired.account);
DELETE FROM main.retired_jobs WHERE account IS NULL;
)sql";

// Receivers know the secrets of the present store. An account that has none there keeps those of
// the copy: the store may have been made anew, and nobody else has them.
constexpr auto kKeepSecrets = R"sql(
INSERT INTO main.accounts (name, jobs)
  SELECT name, 0 FROM present.accounts
  WHERE id IN (SELECT account FROM present.signing_secrets)
    AND name NOT IN (SELECT name FROM main.accounts);
DELETE FROM main.signing_secrets WHERE account IN
  (SELECT owner.id FROM main.accounts AS owner
   JOIN present.accounts AS same ON same.name = owner.name
   JOIN present.signing_secrets AS new ON new.account = same.id);
INSERT INTO main.signing_secrets (account, secret, created, ends)
  SELECT owner.id, new.secret, new.created, new.ends
  FROM present.signing_secrets AS new
  JOIN present.accounts AS same ON same.id = new.account
  JOIN main.accounts AS owner ON owner.name = same.name
  ORDER BY new.id;
)sql";

// Who may come in is what the present store says: a key that was given up since the copy was made
// does not come back. One that has no accounts says nothing.
constexpr auto kKeepKeys = R"sql(
INSERT INTO main.accounts (name, jobs)
  SELECT name, 0 FROM present.accounts
  WHERE key_hash IS NOT NULL AND name NOT IN (SELECT name FROM main.accounts);
UPDATE main.accounts AS owner SET (key_hash, added) =
  (SELECT key_hash, added FROM present.accounts AS same WHERE same.name = owner.name)
  WHERE EXISTS (SELECT 1 FROM present.accounts WHERE key_hash IS NOT NULL);
)sql";

constexpr auto kDropEnded =
    "DELETE FROM main.jobs WHERE paused = 0 AND (next IS NULL OR (cron IS NULL AND next <= ?1))"
    " AND NOT EXISTS"
    " (SELECT 1 FROM living WHERE living.account = jobs.account AND living.id = jobs.id)";

constexpr auto kOverdue =
    "SELECT account, id FROM main.jobs WHERE cron IS NOT NULL AND next <= ?1 AND NOT EXISTS"
    " (SELECT 1 FROM living WHERE living.account = jobs.account AND living.id = jobs.id)";

constexpr auto kFinish = R"sql(
UPDATE main.jobs SET due = next WHERE due IS NULL AND next IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM main.deliveries WHERE job = jobs.id);
DELETE FROM main.jobs WHERE next IS NULL AND paused = 0
  AND NOT EXISTS (SELECT 1 FROM main.deliveries WHERE job = jobs.id);
UPDATE main.accounts SET jobs = (SELECT count(*) FROM main.jobs WHERE account = accounts.id);
DROP TABLE living;
)sql";

void move_overdue(SQLite::Database& copy, Instant now, const ZoneLookup& zones) {
  SQLite::Statement overdue(copy, kOverdue);
  const std::vector<JobKey> keys = [&] {
    Run run(overdue, now);
    return read_keys(run);
  }();
  SQLite::Statement load(copy, kLoadJob);
  SQLite::Statement move(copy, kMoveJob);
  for (const JobKey& key : keys) {
    const Result<Job> job = load_job(load, key, zones);
    // One without its zone, or that cannot be read, is put aside when it is due.
    if (!job || lacks_zone(job->spec.schedule)) continue;
    Run(move, key.account, key.id, next_fire_time(job->spec.schedule, now)).change();
  }
}

}  // namespace

std::uint64_t catch_up(SQLite::Database& copy,
                       const std::string& present,
                       Instant now,
                       const ZoneLookup& zones) {
  copy.exec("PRAGMA temp_store = FILE");
  {
    SQLite::Statement attach(copy, "ATTACH ?1 AS present");
    Run(attach, present).change();
  }
  SQLite::Transaction transaction(copy, SQLite::TransactionBehavior::IMMEDIATE);
  copy.exec(kFindLiving);
  copy.exec(kFollowLiving);
  copy.exec(kFollowLog);
  copy.exec(kKeepSecrets);
  copy.exec(kKeepKeys);
  std::uint64_t ended = 0;
  {
    SQLite::Statement drop(copy, kDropEnded);
    ended = static_cast<std::uint64_t>(Run(drop, now).change());
    move_overdue(copy, now, zones);
  }
  copy.exec(kFinish);
  transaction.commit();
  copy.exec("DETACH present");
  return ended;
}

}  // namespace jobsched::sql
