#pragma once

#include <array>

namespace jobsched::sql {

// The statements on requests that may come again; see statements.h. ?3 of the first and ?1 of the
// last are the latest time of those that are not known any more.

inline constexpr auto kFindCreated =
    "SELECT request, at, created FROM idempotency_keys"
    " WHERE account = (SELECT id FROM accounts WHERE name = ?1) AND key = ?2 AND at > ?3";
inline constexpr auto kKeepCreated =
    "INSERT OR REPLACE INTO idempotency_keys (account, key, request, at, created)"
    " VALUES (?1, ?2, ?3, ?4, ?5)";
inline constexpr auto kDropOldCreated =
    "DELETE FROM idempotency_keys WHERE id IN"
    " (SELECT id FROM idempotency_keys WHERE at <= ?1 ORDER BY at LIMIT 2)";

// Those that run with requests: none may read a whole table or sort.
inline constexpr std::array kHotOfIdempotency{kFindCreated, kKeepCreated, kDropOldCreated};

}  // namespace jobsched::sql
