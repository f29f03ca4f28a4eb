#pragma once

#include <atomic>
#include <optional>

#include "core/time/instant.h"
#include "daemon/store/store.h"

namespace jobsched {

// Lets a store forget attempts that are older than they are to be kept, a little at a time. Used by
// one thread; must outlive the store's answers.
class HistoryPruner {
 public:
  HistoryPruner(Store& store, Millis keep) : store_(store), keep_(keep) {}

  // Changes how long attempts are kept; the next `check` goes by it at once.
  void set_keep(Millis keep);

  // Prunes, if it is a minute since it did. `now` is the wall clock. A store that fails is asked
  // again a minute later.
  void check(Instant now);

 private:
  void prune(Instant before);

  Store& store_;
  Millis keep_;
  std::optional<Instant> last_;
  std::atomic<bool> under_way_ = false;
};

}  // namespace jobsched
