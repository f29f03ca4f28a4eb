#pragma once

#include <cstdint>
#include <string>

#include <SQLiteCpp/Database.h>

#include "core/time/instant.h"
#include "core/time/zone.h"

namespace jobsched::sql {

// Brings `copy`, a store of an earlier time, up to what the store at `present` knows of deliveries,
// by the rules of `restore` (daemon/store/backup.h). Both are of the current schema. Returns how
// many jobs were left out because they have ended. One transaction; throws SQLite::Exception.
std::uint64_t catch_up(SQLite::Database& copy,
                       const std::string& present,
                       Instant now,
                       const ZoneLookup& zones);

}  // namespace jobsched::sql
