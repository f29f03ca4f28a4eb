#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "core/error.h"
#include "core/time/instant.h"
#include "core/time/zone.h"

namespace jobsched {

// Told how much of a copy is done, now and then.
using CopyProgress = std::function<void(std::uint64_t done, std::uint64_t total)>;

// Copies the store at `store`, as it stands at one instant, to the file `target`: whole, checked,
// durable and for the owner only, or not at all. A daemon may be at work on the store meanwhile,
// and nothing that was acknowledged before the call is missing. An earlier backup at `target` is
// replaced; anything else there is left alone. Returns the number of jobs.
// Errors: kNotFound if there is no store; kInvalid if either file is something else; kForbidden,
// kUnavailable, kStoreFull, kInternal.
Result<std::uint64_t> back_up(const std::string& store,
                              const std::string& target,
                              const CopyProgress& progress);

struct Restored {
  std::uint64_t jobs = 0;   // that are in the store now
  std::uint64_t ended = 0;  // of the backup, left out because they ended since
  // Where the store that was in this place is now; empty if there was none.
  std::string replaced = {};
  // What is wrong with it, if it could not be read: then nothing tells what was delivered since the
  // backup was made, and all that it has outstanding is delivered again.
  std::string unread = {};
};

// Puts the backup in the place of the store at `store`, which no daemon has open. Nothing is
// delivered again that the store in its place knows to be delivered:
//   - a job that both have goes on from where that store has it;
//   - a job that only the backup has was deleted or has ended, so its fire times up to `now` do not
//     fire: a recurring job goes on with the first after it, a one-time job that is overdue is left
//     out.
// The definitions are those of the backup. The store in its place is kept under another name.
// Errors: as of `back_up`; kConflict if a daemon has the store open. What was there stays as it
// was.
Result<Restored> restore(const std::string& backup,
                         const std::string& store,
                         Instant now,
                         const ZoneLookup& zones,
                         const CopyProgress& progress);

}  // namespace jobsched
