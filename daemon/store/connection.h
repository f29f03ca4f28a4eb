#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include "core/job/id.h"
#include "core/time/instant.h"

namespace jobsched::sql {

// Opens the connection that writes and checkpoints; there is exactly one. It syncs at every commit
// and never checkpoints by itself, not even when it is closed, until `allow_final_checkpoint`.
// Throws SQLite::Exception, also if the database does not keep what is asked for (write-ahead log,
// full synchronisation).
std::unique_ptr<SQLite::Database> open_writer(const std::string& path, Millis busy_timeout);

// From now on closing `database` brings the write-ahead log home, if nobody else has it open.
void allow_final_checkpoint(SQLite::Database& database);

// Opens a connection that reads only and never checkpoints. Throws SQLite::Exception.
std::unique_ptr<SQLite::Database> open_reader(const std::string& path, Millis busy_timeout);

// Binds NULL.
struct Null {};

inline constexpr Null kNull;

// A value for a BLOB column; a std::string is one for a TEXT column.
struct Blob {
  std::string_view bytes;
};

// One execution of a prepared statement: the parameters are bound in order, and the statement is
// reset at the end, which also lets go of its snapshot. Bytes are not copied: they must outlive it.
// Members throw SQLite::Exception.
class Run {
 public:
  template <class... Values>
  explicit Run(SQLite::Statement& statement, const Values&... values) : statement_(statement) {
    statement_.tryReset();
    int index = 0;
    (bind(++index, values), ...);
  }

  ~Run() { statement_.tryReset(); }

  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  // To the next row; false if there is none.
  bool step() { return statement_.executeStep(); }

  // To the end; returns the number of rows that were changed.
  int change();

  // Columns of the current row, from 0.
  std::int64_t number(int column) const;
  Instant instant(int column) const;
  std::optional<Instant> optional_instant(int column) const;
  std::optional<std::int64_t> optional_number(int column) const;
  std::optional<std::uint64_t> optional_bits(int column) const;
  std::string text(int column) const;  // TEXT or BLOB
  std::optional<std::string> optional_text(int column) const;
  JobId id(int column) const;  // the schema sees to its length

 private:
  void bind(int index, std::int64_t value) { statement_.bind(index, value); }

  void bind(int index, Null) { statement_.bind(index); }

  void bind(int index, const std::string& text) { statement_.bindNoCopy(index, text); }

  void bind(int index, Blob blob) {
    statement_.bindNoCopy(index, blob.bytes.data(), static_cast<int>(blob.bytes.size()));
  }

  void bind(int index, const JobId& id) {
    statement_.bindNoCopy(index, id.bytes.data(), static_cast<int>(id.bytes.size()));
  }

  void bind(int index, Instant instant) {
    bind(index, std::int64_t{instant.time_since_epoch().count()});
  }

  template <class Value>
  void bind(int index, const std::optional<Value>& value) {
    value ? bind(index, *value) : statement_.bind(index);
  }

  SQLite::Statement& statement_;
};

}  // namespace jobsched::sql
