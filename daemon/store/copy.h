#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <SQLiteCpp/Database.h>

#include "core/time/instant.h"
#include "daemon/store/backup.h"

namespace jobsched::sql {

// Copies the store at `source`, as it stands at one instant, into the empty file `made`, checks the
// copy, and returns it open. It is one file without a log, and stays so; it is synced when it is
// closed. Throws SQLite::Exception.
std::unique_ptr<SQLite::Database> copy_store(const std::string& source,
                                             const std::string& made,
                                             Millis busy_timeout,
                                             const CopyProgress& progress);

// Throws SQLite::Exception if the database is damaged.
void check_integrity(SQLite::Database& database);

std::uint64_t count_jobs(SQLite::Database& database);

}  // namespace jobsched::sql
