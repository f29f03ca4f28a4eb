#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/error.h"
#include "daemon/store/postgres/connection.h"
#include "daemon/store/transfer/ends.h"
#include "daemon/store/transfer/table.h"

namespace jobsched::pg {

// A database's tables as rows. All run in a transaction and throw Exception.

std::uint64_t count_rows(Connection& connection, const transfer::Table& table);

// Errors: those of `take`.
Result<void> read_rows(Connection& connection,
                       const transfer::Table& table,
                       const transfer::Take& take);

// Into tables of the current schema that are empty. What follows from the rows is not written:
// `complete_rows` does that at the end. Errors: kInvalid for a text that PostgreSQL cannot hold.
Result<void> write_rows(Connection& connection,
                        const transfer::Table& table,
                        const std::vector<transfer::Row>& rows);

void complete_rows(Connection& connection);

}  // namespace jobsched::pg
