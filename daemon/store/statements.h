#pragma once

#include <array>

namespace jobsched::sql {

// Every statement that runs while a store is open, but for those of the log (log_statements.h) and
// of what people do to accounts (account_statements.h), together so that their query plans can be
// checked. The schema they rely on is in schema.cc. Text parameters are bytes, instants are
// milliseconds since 1970.

inline constexpr auto kFindAccount = "SELECT id FROM accounts WHERE name = ?1";
inline constexpr auto kAddAccount = "INSERT INTO accounts (name, jobs) VALUES (?1, 0) RETURNING id";
// An account that may get more: one with a key, or any while there is none with one. Every hash
// comes after the empty one.
inline constexpr auto kFindOpenAccount =
    "SELECT id FROM accounts WHERE name = ?1 AND (key_hash IS NOT NULL OR NOT EXISTS"
    " (SELECT 1 FROM accounts WHERE key_hash >= x''))";
inline constexpr auto kAnyKey = "SELECT 1 FROM accounts WHERE key_hash >= x'' LIMIT 1";
inline constexpr auto kCountJobs = "UPDATE accounts SET jobs = jobs + ?2 WHERE id = ?1";

// Both read the columns that `read_job` expects.
inline constexpr auto kFindJob =
    "SELECT jobs.id, accounts.name, url, signature, content_type, data, \"when\", cron, next,"
    " timezone, misfire, paused, pause_reason, epoch, jobs.name, method, headers, timeout, "
    "attempts,"
    " backoff FROM accounts JOIN jobs ON jobs.account = accounts.id"
    " WHERE accounts.name = ?1 AND jobs.id = ?2";
inline constexpr auto kLoadJob =
    "SELECT jobs.id, accounts.name, url, signature, content_type, data, \"when\", cron, next,"
    " timezone, misfire, paused, pause_reason, epoch, jobs.name, method, headers, timeout, "
    "attempts,"
    " backoff FROM accounts JOIN jobs ON jobs.account = accounts.id"
    " WHERE accounts.id = ?1 AND jobs.id = ?2";

inline constexpr auto kCreateJob =
    "INSERT INTO jobs (account, id, url, signature, content_type, data, \"when\", cron, timezone,"
    " misfire, paused, name, method, headers, timeout, attempts, backoff, next, due)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?18)"
    " ON CONFLICT (account, id) DO NOTHING";
inline constexpr auto kReplaceJob =
    "UPDATE jobs SET url = ?3, signature = ?4, content_type = ?5, data = ?6, \"when\" = ?7,"
    " cron = ?8, timezone = ?9, misfire = ?10, paused = ?11, name = ?12, method = ?13,"
    " headers = ?14, timeout = ?15, attempts = ?16, backoff = ?17, pause_reason = NULL,"
    " next = ?18, due = ?18, epoch = epoch + coalesce(?18 <= fired, 0)"
    " WHERE account = ?1 AND id = ?2";
inline constexpr auto kFindNamed = "SELECT id FROM jobs WHERE account = ?1 AND name = ?2";
inline constexpr auto kRemoveJob = "DELETE FROM jobs WHERE account = ?1 AND id = ?2";
inline constexpr auto kFireJob =
    "UPDATE jobs SET next = ?3, due = ?3, fired = max(coalesce(fired, ?4), ?4)"
    " WHERE account = ?1 AND id = ?2";
inline constexpr auto kSkipJob =
    "UPDATE jobs SET next = ?3, due = ?3 WHERE account = ?1 AND id = ?2";
inline constexpr auto kParkJob = "UPDATE jobs SET due = NULL WHERE account = ?1 AND id = ?2";
inline constexpr auto kUnparkJob =
    "UPDATE jobs SET due = next WHERE account = ?1 AND id = ?2 AND due IS NULL";
inline constexpr auto kPurgeFiredOut =
    "DELETE FROM jobs WHERE account = ?1 AND id = ?2 AND next IS NULL AND paused = 0";
inline constexpr auto kPurgeNeverFiring =
    "DELETE FROM jobs WHERE account = ?1 AND id = ?2 AND next IS NULL AND paused = 0"
    " AND NOT EXISTS (SELECT 1 FROM deliveries WHERE job = ?2)";
inline constexpr auto kPauseJob =
    "UPDATE jobs SET paused = 1, pause_reason = ?3, next = NULL, due = NULL"
    " WHERE account = ?1 AND id = ?2";
inline constexpr auto kResumeJob =
    "UPDATE jobs SET paused = 0, pause_reason = NULL, next = ?3, due = ?3,"
    " epoch = epoch + coalesce(?3 <= fired, 0)"
    " WHERE account = ?1 AND id = ?2";
// A job that is held up by an outstanding delivery stays so.
inline constexpr auto kMoveJob =
    "UPDATE jobs SET next = ?3, due = CASE WHEN due IS NULL THEN NULL ELSE ?3 END"
    " WHERE account = ?1 AND id = ?2";

// A job whose outstanding delivery is kept stays held up by it.
inline constexpr auto kRearmJob =
    "UPDATE jobs SET epoch = epoch + 1, next = ?3,"
    " due = CASE WHEN due IS NULL AND NOT ?4 THEN NULL ELSE ?3 END WHERE account = ?1 AND id = ?2";
inline constexpr auto kRecurringJobs =
    "SELECT account, id FROM jobs WHERE cron IS NOT NULL AND id > ?1 ORDER BY id LIMIT ?2";
// Both give the last attempt that was made, 0 if none was. In a DELETE on a table without rowids
// SQLite 3.40 takes "token IS NULL" for false where it is true.
inline constexpr auto kEndLaterDelivery =
    "DELETE FROM deliveries WHERE job = ?1 AND fire_time > ?2"
    " RETURNING fire_time, epoch, attempt - (typeof(token) = 'null')";
inline constexpr auto kBringRetriesForward =
    "UPDATE deliveries SET due = max(due - ?1, fire_time) WHERE token IS NULL";

inline constexpr auto kNoteClaim =
    "UPDATE clock SET last_claim = ?1 WHERE last_claim IS NULL"
    " OR last_claim <= ?1 - 60000";
inline constexpr auto kSetLastClaim = "UPDATE clock SET last_claim = ?1";
inline constexpr auto kLastClaim = "SELECT last_claim FROM clock";

// The newest first, with the columns that `read_secrets` expects.
inline constexpr auto kListSecrets =
    "SELECT secret, created, ends FROM accounts"
    " JOIN signing_secrets ON signing_secrets.account = accounts.id"
    " WHERE accounts.name = ?1 ORDER BY signing_secrets.id DESC";
inline constexpr auto kAddSecret =
    "INSERT INTO signing_secrets (account, secret, created) VALUES (?1, ?2, ?3)";
inline constexpr auto kDropEndingSecrets =
    "DELETE FROM signing_secrets WHERE account = ?1 AND ends IS NOT NULL";
inline constexpr auto kEndSecret = "UPDATE signing_secrets SET ends = ?2 WHERE account = ?1";
inline constexpr auto kDropSecrets = "DELETE FROM signing_secrets WHERE account = ?1";

inline constexpr auto kAddZone =
    "INSERT INTO time_zones (name, rules) VALUES (?1, ?2) ON CONFLICT (name) DO NOTHING";
inline constexpr auto kNoteZone = "UPDATE time_zones SET rules = ?2 WHERE name = ?1";
inline constexpr auto kDropUnusedZone =
    "DELETE FROM time_zones WHERE name = ?1 AND NOT EXISTS"
    " (SELECT 1 FROM jobs WHERE timezone = ?1 AND cron IS NOT NULL)";
inline constexpr auto kListZones = "SELECT name, rules FROM time_zones ORDER BY name";
inline constexpr auto kJobsOfZone =
    "SELECT account, id FROM jobs"
    " WHERE timezone = ?1 AND cron IS NOT NULL AND id > ?2 ORDER BY id LIMIT ?3";

inline constexpr auto kDueJobs =
    "SELECT due, account, id, EXISTS (SELECT 1 FROM deliveries WHERE job = jobs.id)"
    " FROM jobs WHERE due <= ?1 ORDER BY due";
inline constexpr auto kLatestJobs =
    "SELECT due, account, id, EXISTS (SELECT 1 FROM deliveries WHERE job = jobs.id)"
    " FROM jobs WHERE due <= ?1 AND due > ?2 ORDER BY due DESC LIMIT ?3";
inline constexpr auto kNextDueJob = "SELECT due FROM jobs WHERE due >= ?1 ORDER BY due LIMIT 1";

// A holder's own leases are left out, ended or not: it knows of them.
inline constexpr auto kDueDeliveries =
    "SELECT due, account, job, fire_time, attempt, epoch FROM deliveries"
    " WHERE due <= ?1 AND holder IS NOT ?2 ORDER BY due LIMIT ?3";
inline constexpr auto kNextDueDelivery =
    "SELECT due FROM deliveries WHERE due >= ?1 AND holder IS NOT ?2 ORDER BY due LIMIT 1";

inline constexpr auto kNextRetry =
    "SELECT due FROM deliveries WHERE due >= ?1 AND holder IS NULL ORDER BY due LIMIT 1";

inline constexpr auto kAddDelivery =
    "INSERT INTO deliveries (job, fire_time, account, attempt, epoch, due, token, holder)"
    " VALUES (?1, ?2, ?3, 1, ?4, ?5, ?6, ?7)";
inline constexpr auto kLeaseDelivery =
    "UPDATE deliveries SET due = ?3, token = ?4, holder = ?5 WHERE job = ?1 AND fire_time = ?2";
inline constexpr auto kPutOffDelivery =
    "UPDATE deliveries SET due = ?3, token = NULL, holder = NULL WHERE job = ?1 AND fire_time = ?2";
inline constexpr auto kRetryDelivery =
    "UPDATE deliveries SET due = ?4, attempt = ?5, token = NULL, holder = NULL"
    " WHERE job = ?1 AND fire_time = ?2 AND token = ?3 RETURNING account";
inline constexpr auto kEndDelivery =
    "DELETE FROM deliveries WHERE job = ?1 AND fire_time = ?2 AND token = ?3 RETURNING account";
inline constexpr auto kDropDeliveries =
    "DELETE FROM deliveries WHERE job = ?1"
    " RETURNING fire_time, epoch, attempt - (typeof(token) = 'null')";

inline constexpr auto kOutstandingOfJob =
    "SELECT fire_time, epoch, attempt, due, token IS NOT NULL FROM deliveries"
    " WHERE job = ?1 AND account = ?2";
inline constexpr auto kWaitDelivery =
    "INSERT INTO deliveries (job, fire_time, account, attempt, epoch, due)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
inline constexpr auto kHastenDelivery =
    "UPDATE deliveries SET due = ?3 WHERE job = ?1 AND fire_time = ?2 AND token IS NULL";
inline constexpr auto kNoteFiring =
    "UPDATE jobs SET fired = max(coalesce(fired, ?3), ?3) WHERE account = ?1 AND id = ?2";

// Due at once, wherever the clock has gone: a fire time that has fired lies in the past.
inline constexpr auto kReleaseLeases =
    "UPDATE deliveries SET due = fire_time, token = NULL, holder = NULL WHERE token IS NOT NULL";

inline constexpr auto kAccountSize = "SELECT id, jobs FROM accounts WHERE name = ?1";
inline constexpr auto kListSize =
    "SELECT count(*) FROM (SELECT 1 FROM jobs WHERE account = ?1 AND id > ?2 LIMIT ?3)";
inline constexpr auto kListIds =
    "SELECT id FROM jobs WHERE account = ?1 AND id > ?2 ORDER BY id LIMIT ?3";
inline constexpr auto kCountAllJobs = "SELECT coalesce(sum(jobs), 0) FROM accounts";

// Those that run for every request or firing: each finds its rows by an index.
inline constexpr std::array kHot{
    kFindAccount,     kFindOpenAccount,   kAnyKey,        kAddAccount,       kCountJobs,
    kFindJob,         kLoadJob,           kCreateJob,     kReplaceJob,       kRemoveJob,
    kFireJob,         kParkJob,           kUnparkJob,     kPurgeFiredOut,    kSkipJob,
    kDueJobs,         kLatestJobs,        kNextDueJob,    kDueDeliveries,    kNextRetry,
    kNextDueDelivery, kAddDelivery,       kLeaseDelivery, kRetryDelivery,    kEndDelivery,
    kDropDeliveries,  kAccountSize,       kListSize,      kListIds,          kPurgeNeverFiring,
    kPauseJob,        kResumeJob,         kMoveJob,       kAddZone,          kNoteZone,
    kJobsOfZone,      kRearmJob,          kRecurringJobs, kEndLaterDelivery, kOutstandingOfJob,
    kWaitDelivery,    kHastenDelivery,    kNoteFiring,    kFindNamed,        kListSecrets,
    kAddSecret,       kDropEndingSecrets, kEndSecret,     kDropSecrets,      kPutOffDelivery};

}  // namespace jobsched::sql
