#pragma once

#include <string>
#include <string_view>

#include "core/error.h"

namespace jobsched {

// Where a store is: a file of SQLite's, or a database of PostgreSQL's.
struct StoreLocation {
  enum class Kind { kSqlite, kPostgres };

  Kind kind = Kind::kSqlite;
  std::string text;   // the path, or the URI: never shown, as it may have a password
  std::string shown;  // the path, or the URI without user and parameters
};

// Reads "postgresql://…" or "postgres://…", "sqlite:PATH" or a path. Errors: kInvalid for nothing,
// and for a URI of which it is not clear what is the password; its text is not in the detail.
Result<StoreLocation> parse_store_location(std::string_view text);

}  // namespace jobsched
