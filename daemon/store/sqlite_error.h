#pragma once

#include <string>
#include <string_view>

#include <SQLiteCpp/Exception.h>

#include "core/error.h"

struct sqlite3;

namespace jobsched::sql {

// What a failure of SQLite means for the store.
struct Failure {
  Error error;
  // An fsync failed: what the kernel held is lost and a second fsync would lie. Nothing more may
  // be written.
  bool fatal = false;
};

// Reads a result code of SQLite (extended, if there is one) and, for I/O errors, the errno behind
// it. `message` is SQLite's own text, `path` the database's. Pure.
Failure explain(int code, int system_errno, std::string_view message, const std::string& path);

// The same for an exception that a call on `database` has just thrown.
Failure explain(const SQLite::Exception& exception, sqlite3* database, const std::string& path);

// Runs `work`, which returns a Result, and makes one of what SQLite throws about the database at
// `path`.
template <class Work>
auto guarded(const std::string& path, const Work& work) -> decltype(work()) {
  try {
    return work();
  } catch (const SQLite::Exception& exception) {
    return tl::unexpected(explain(exception, nullptr, path).error);
  }
}

}  // namespace jobsched::sql
