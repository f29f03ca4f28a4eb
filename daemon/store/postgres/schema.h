#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "core/error.h"
#include "daemon/store/postgres/connection.h"

namespace jobsched::pg {

// The tables, all in the schema `jobsched` of the database.
constexpr int kSchemaVersion = 1;

// An instance is alive that was seen within so many milliseconds, by the database's clock.
constexpr std::int64_t kAlive = 15'000;

// The version of the tables there, 0 if there are none. Throws Exception.
int schema_version(Connection& connection);

// Where the jobs have been moved to, absent if they are here. Throws Exception.
std::optional<std::string> moved_to(Connection& connection);

// Says that they are at `target` now, and puts the jobs that are here out of reach of whoever still
// has the database open: jobs is called moved_jobs then. To be called in a transaction. Throws
// Exception.
void mark_moved(Connection& connection, const std::string& target);

// Makes the tables, or brings older ones to this version, in one transaction and one instance at a
// time: another one waits. Calls `migrating` before older ones are changed, which may take a while.
// Throws Exception.
// Errors: kInvalid if a newer version has made the tables, or the database cannot hold them: its
// encoding is not UTF8, or the server is older than version 13; or if the jobs have been moved
// away.
Result<void> migrate(Connection& connection, const std::function<void()>& migrating);

}  // namespace jobsched::pg
