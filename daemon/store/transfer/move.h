#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "core/error.h"
#include "daemon/store/backup.h"
#include "daemon/store/transfer/location.h"
#include "daemon/store/transfer/summary.h"

namespace jobsched {

struct Moved {
  transfer::Summary summary;  // of what was moved
  std::string left;           // what has become of the store that it was moved from, as a sentence
  // An earlier call had moved all of it, and ended before it could mark what it was moved from.
  bool before = false;
};

// Moves everything from the store at `from`, which nobody uses, to a new one at `to`. It is read as
// it stands at one instant, written in one transaction, read again and compared; then it is made
// durable, and `from` is marked so that no daemon opens it by accident and fires the same jobs.
// Leases are not moved: an attempt that was under way when its daemon ended is made again, at once
// and under the same webhook-id.
// If it fails, or the process ends, `from` is what it was, and the same call can be made again. One
// that finds all of it at `to` already, with nothing changed since at `from`, only marks that.
// Errors: kNotFound if there is no store at `from`; kUnavailable if somebody uses either of them;
// kConflict if there is something at `to`; kInvalid if they are one and the same, or both files, or
// of a newer version, or hold what the other cannot; kForbidden, kStoreFull, kInternal.
Result<Moved> move_store(const StoreLocation& from,
                         const StoreLocation& to,
                         const CopyProgress& progress);

}  // namespace jobsched
