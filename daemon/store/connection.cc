#include "daemon/store/connection.h"

#include <algorithm>
#include <bit>

#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

namespace jobsched::sql {

namespace {

constexpr int kFullSync = 2;

void configure(SQLite::Database& database, int option, int value) {
  database.check(sqlite3_db_config(database.getHandle(), option, value, nullptr));
}

void harden(SQLite::Database& database) {
  configure(database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1);
  configure(database, SQLITE_DBCONFIG_DEFENSIVE, 1);
  configure(database, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0);
  configure(database, SQLITE_DBCONFIG_ENABLE_VIEW, 0);
  database.exec(
      "PRAGMA trusted_schema = OFF;"
      "PRAGMA cell_size_check = ON;"
      "PRAGMA foreign_keys = ON;"
      "PRAGMA temp_store = MEMORY;");
}

}  // namespace

std::unique_ptr<SQLite::Database> open_writer(const std::string& path, Millis busy_timeout) {
  auto database = std::make_unique<SQLite::Database>(
      path, SQLite::OPEN_READWRITE | SQLite::OPEN_NOMUTEX, static_cast<int>(busy_timeout.count()));
  harden(*database);
  // A cache that holds what a group of commits touches. Deleted payloads are overwritten where
  // that costs no further write.
  database->exec(
      "PRAGMA synchronous = FULL;"
      "PRAGMA wal_autocheckpoint = 0;"
      "PRAGMA journal_size_limit = 67108864;"
      "PRAGMA cache_size = -16384;"
      "PRAGMA secure_delete = FAST;");
  if (database->execAndGet("PRAGMA journal_mode = WAL").getString() != "wal") {
    throw SQLite::Exception("it cannot keep a write-ahead log here", SQLITE_CANTOPEN);
  }
  if (database->execAndGet("PRAGMA synchronous").getInt() != kFullSync) {
    throw SQLite::Exception("it does not sync every commit", SQLITE_MISUSE);
  }
  return database;
}

void allow_final_checkpoint(SQLite::Database& database) {
  configure(database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0);
}

std::unique_ptr<SQLite::Database> open_reader(const std::string& path, Millis busy_timeout) {
  auto database = std::make_unique<SQLite::Database>(
      path, SQLite::OPEN_READONLY | SQLite::OPEN_NOMUTEX, static_cast<int>(busy_timeout.count()));
  harden(*database);
  database->exec("PRAGMA cache_size = -1024;");
  return database;
}

int Run::change() {
  while (step()) {
  }
  return statement_.getChanges();
}

std::int64_t Run::number(int column) const {
  return statement_.getColumn(column).getInt64();
}

std::optional<std::int64_t> Run::optional_number(int column) const {
  if (statement_.isColumnNull(column)) return std::nullopt;
  return number(column);
}

std::optional<std::uint64_t> Run::optional_bits(int column) const {
  if (statement_.isColumnNull(column)) return std::nullopt;
  return std::bit_cast<std::uint64_t>(number(column));
}

Instant Run::instant(int column) const {
  return Instant{Millis{number(column)}};
}

std::optional<Instant> Run::optional_instant(int column) const {
  if (statement_.isColumnNull(column)) return std::nullopt;
  return instant(column);
}

std::string Run::text(int column) const {
  return statement_.getColumn(column).getString();
}

std::optional<std::string> Run::optional_text(int column) const {
  if (statement_.isColumnNull(column)) return std::nullopt;
  return text(column);
}

JobId Run::id(int column) const {
  const std::string bytes = text(column);
  JobId id;
  std::copy_n(bytes.begin(), std::min(bytes.size(), id.bytes.size()), id.bytes.begin());
  return id;
}

}  // namespace jobsched::sql
