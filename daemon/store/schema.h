#pragma once

#include <cstdint>
#include <string>

#include <SQLiteCpp/Database.h>

namespace jobsched::sql {

// "JobS": marks a SQLite file as a store of ours.
constexpr std::uint32_t kApplicationId = 0x4A6F6253;

// The newest schema that this program knows; `user_version` of the file.
constexpr int kSchemaVersion = 5;

// Makes the empty file at `path` a store of the current schema, complete and synced when this
// returns. Throws SQLite::Exception.
void create(const std::string& path);

// Brings a database, empty or of any older version, to kSchemaVersion: forward only, each step in a
// transaction of its own with its version number, so that a process that dies half-way goes on from
// the last whole step. Requires: its version is not newer. Throws SQLite::Exception.
void migrate(SQLite::Database& database);

int schema_version(SQLite::Database& database);

}  // namespace jobsched::sql
