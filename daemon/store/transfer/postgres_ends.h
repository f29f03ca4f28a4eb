#pragma once

#include <memory>
#include <string>

#include "core/error.h"
#include "daemon/store/transfer/ends.h"

namespace jobsched::pg {

// The store in the database at `uri` as the source of a move. When it is left, `migrate`
// (daemon/store/postgres/schema.h) refuses the database.
// Errors: kNotFound if there is none; kUnavailable if instances use it, or it cannot be reached;
// kInvalid if it is of a newer version, or was moved already; kForbidden, kInternal.
Result<std::unique_ptr<transfer::Source>> open_source(const std::string& uri);

// Looks at the database at `uri`; instances may be at work on it. Errors: kUnavailable, kForbidden,
// kInternal.
Result<transfer::Destination> look_at(const std::string& uri);

// A store that is to be made in the database at `uri`; tables that have nothing in them may be
// there, and will be. Errors: as of open_source; kConflict if there is something in the tables.
Result<std::unique_ptr<transfer::Sink>> open_sink(const std::string& uri);

}  // namespace jobsched::pg
