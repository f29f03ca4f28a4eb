#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

#include "core/time/instant.h"
#include "daemon/engine/pause.h"
#include "daemon/store/store.h"

namespace jobsched {

// Gets outcomes into the store: in groups, one at a time, and again after a pause for as long as
// the store fails, so that none is lost while the process lives.
class OutcomeWriter {
 public:
  // `recorded` passes on the store's answer; any thread.
  OutcomeWriter(Store& store, std::function<void(Result<void>)> recorded);

  // Adds an outcome. `then_due` is when its job has something due again, if ever.
  void add(AttemptRecord record, std::optional<Instant> then_due);

  // Takes the store's answer to the group under way. Returns when one of its jobs has something
  // due; absent if none has, or if the group failed and will be tried again.
  std::optional<Instant> answered(const Result<void>& result, Instant now);

  // Submits the next group, if none is under way and no pause is on.
  void submit(Instant now);

  // When `submit` has something to do by itself.
  std::optional<Instant> next_wake(Instant now);

  // How many outcomes are not in the store yet.
  std::size_t unrecorded() const { return next_.records.size() + group_.records.size(); }

 private:
  struct Group {
    std::vector<AttemptRecord> records;
    std::optional<Instant> then_due;
  };

  Store& store_;
  std::function<void(Result<void>)> recorded_;
  Group next_;   // fills while …
  Group group_;  // … this one is under way or waits to be tried again
  bool under_way_ = false;
  Pause pause_;
};

}  // namespace jobsched
