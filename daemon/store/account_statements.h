#pragma once

#include <array>

namespace jobsched::sql {

// The statements on accounts as people add and remove them; see statements.h.

inline constexpr auto kAccountsWithKeys =
    "SELECT name, key_hash, added, jobs FROM accounts WHERE key_hash IS NOT NULL ORDER BY name";
inline constexpr auto kCountKeys = "SELECT count(*) FROM accounts WHERE key_hash IS NOT NULL";
inline constexpr auto kFindKeyed =
    "SELECT id FROM accounts WHERE name = ?1 AND key_hash IS NOT NULL";
inline constexpr auto kCountedJobs = "SELECT jobs FROM accounts WHERE id = ?1";
inline constexpr auto kGiveKey =
    "INSERT INTO accounts (name, jobs, key_hash, added) VALUES (?1, 0, ?2, ?3)"
    " ON CONFLICT (name) DO UPDATE SET key_hash = ?2, added = ?3 WHERE key_hash IS NULL";
inline constexpr auto kRotateKey =
    "UPDATE accounts SET key_hash = ?2 WHERE name = ?1 AND key_hash IS NOT NULL";

// What an account has, in the order in which it is deleted.
inline constexpr std::array kDropAccount{
    "DELETE FROM deliveries WHERE job IN (SELECT id FROM jobs WHERE account = ?1)"
    " AND account = ?1",
    "DELETE FROM jobs WHERE account = ?1",
    "DELETE FROM retired_jobs WHERE account = ?1",
    "DELETE FROM attempts WHERE account = ?1",
    "DELETE FROM signing_secrets WHERE account = ?1",
    "DELETE FROM idempotency_keys WHERE account = ?1",
    "DELETE FROM accounts WHERE id = ?1",
};

}  // namespace jobsched::sql
