#pragma once

#include <memory>
#include <optional>
#include <string>

#include "core/digest.h"
#include "core/error.h"
#include "daemon/store/transfer/ends.h"

namespace jobsched::sql {

// The store at `path` as the source of a move, brought to the current schema. When it is left, it
// is called `path` + ".migrated", with its log brought home. Errors: kNotFound if there is none;
// kUnavailable, naming the process, if one has it open; kConflict if there is a file of the later
// name; kInvalid for a file that is something else.
Result<std::unique_ptr<transfer::Source>> open_source(const std::string& path);

// A store that is to be made at `path`. Errors: kConflict if there is a file; kUnavailable, naming
// the process, if one has the place locked.
Result<std::unique_ptr<transfer::Sink>> open_sink(const std::string& path);

// The digest that the store at `path` was completed with, absent if there is no store, or it did
// not come by a move. A daemon may be at work on it.
Result<std::optional<Digest>> find_arrival(const std::string& path);

}  // namespace jobsched::sql
