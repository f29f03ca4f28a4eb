#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <SQLiteCpp/Database.h>

#include "core/error.h"
#include "daemon/store/transfer/ends.h"
#include "daemon/store/transfer/table.h"

namespace jobsched::sql {

// A file's tables as rows. All throw SQLite::Exception; errors are those of `take`.

std::uint64_t count_rows(SQLite::Database& database, const transfer::Table& table);

Result<void> read_rows(SQLite::Database& database,
                       const transfer::Table& table,
                       const transfer::Take& take);

// Into tables of the current schema that are empty. What follows from the rows is not written:
// `complete_rows` does that at the end.
void write_rows(SQLite::Database& database,
                const transfer::Table& table,
                const std::vector<transfer::Row>& rows);

void complete_rows(SQLite::Database& database);

}  // namespace jobsched::sql
