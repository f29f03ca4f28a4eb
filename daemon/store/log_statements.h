#pragma once

#include <array>

namespace jobsched::sql {

// The statements on the attempt log and on jobs that are kept for it; see statements.h.

inline constexpr auto kLastLogId =
    "SELECT max((SELECT max(id) FROM attempts WHERE account = accounts.id)) FROM accounts";
inline constexpr auto kLogAttempt =
    "INSERT INTO attempts (account, id, job, fire_time, epoch, attempt, at, state, reason,"
    " started, fault, status, error, response, dns, connect, tls, first_byte, total) VALUES"
    " (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)";

// Pruning.
inline constexpr auto kOldestOfLog =
    "SELECT id, job, at FROM attempts WHERE account = ?1 ORDER BY id LIMIT ?2";
inline constexpr auto kForgetAttempt = "DELETE FROM attempts WHERE account = ?1 AND id = ?2";
inline constexpr auto kDropForgotten =
    "DELETE FROM retired_jobs WHERE account = ?1 AND id = ?2 AND NOT EXISTS"
    " (SELECT 1 FROM attempts WHERE job = ?2)";
inline constexpr auto kListAccounts = "SELECT id FROM accounts";

// The log of one delivery.
inline constexpr auto kAttemptsOfDelivery =
    "SELECT id, attempt, at, state, reason, started, fault, status, error, response, dns, connect,"
    " tls, first_byte, total FROM attempts"
    " WHERE job = ?1 AND fire_time = ?2 AND epoch = ?3 AND account = ?4 ORDER BY id";

// Where lists look for deliveries; each gives job, fire_time and epoch first.
inline constexpr auto kLogOfAccount =
    "SELECT job, fire_time, epoch, id, at FROM attempts"
    " WHERE account = ?1 AND id < ?2 ORDER BY id DESC";
inline constexpr auto kLogInVain =
    "SELECT job, fire_time, epoch, id, at FROM attempts"
    " WHERE account = ?1 AND state > 2 AND state = ?3 AND id < ?2 ORDER BY id DESC";
inline constexpr auto kFiringsOfJob =
    "SELECT DISTINCT job, fire_time, epoch FROM attempts WHERE job = ?1 AND account = ?2"
    " AND (fire_time, epoch) < (?3, ?4) ORDER BY fire_time DESC, epoch DESC";
inline constexpr auto kOutstandingOfAccount =
    "SELECT job, fire_time, epoch FROM deliveries WHERE (job, fire_time) < (?2, ?3)"
    " AND account = ?1 AND (token IS NOT NULL) = ?4 ORDER BY job DESC, fire_time DESC";

// Jobs that were purged with an exhausted delivery.
inline constexpr auto kRetireJob =
    "INSERT OR REPLACE INTO retired_jobs SELECT * FROM jobs"
    " WHERE account = ?1 AND id = ?2 AND next IS NULL AND paused = 0";
inline constexpr auto kUnretireJob =
    "INSERT INTO jobs SELECT * FROM retired_jobs WHERE account = ?1 AND id = ?2";
inline constexpr auto kFreeRetiredName =
    "UPDATE retired_jobs SET name = NULL WHERE account = ?1 AND id = ?2 AND EXISTS"
    " (SELECT 1 FROM jobs WHERE account = ?1 AND name = retired_jobs.name AND name IS NOT NULL)";
inline constexpr auto kDropRetired = "DELETE FROM retired_jobs WHERE account = ?1 AND id = ?2";

// Those that run for every request or attempt: each finds its rows by an index.
inline constexpr std::array kHotOfLog{kRetireJob,     kUnretireJob,        kDropRetired,
                                      kLogAttempt,    kOldestOfLog,        kForgetAttempt,
                                      kDropForgotten, kAttemptsOfDelivery, kLogOfAccount,
                                      kLogInVain,     kFiringsOfJob,       kFreeRetiredName};

}  // namespace jobsched::sql
