#pragma once

#include <string>

#include "core/error.h"
#include "daemon/fd.h"

namespace jobsched {

// Holds a store for this process, by `flock` on a file beside the database: never on the database
// itself, whose own locks would fall with the descriptor. The file holds the owner's process id and
// stays when the lock is released or the process dies; only the lock counts.
class StoreLock {
 public:
  // Does not wait. Errors: kConflict, naming the owner's process id, if another process (or another
  // StoreLock of this one) holds it; kForbidden if the place cannot be written to; kUnavailable.
  static Result<StoreLock> take(const std::string& store_path);

 private:
  explicit StoreLock(Fd file) : file_(std::move(file)) {}

  Fd file_;
};

}  // namespace jobsched
