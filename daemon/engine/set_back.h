#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "core/time/instant.h"
#include "daemon/engine/pause.h"
#include "daemon/store/store.h"

namespace jobsched {

// A clock that was set back, and what became of the jobs that had fired by it.
struct SetBackReport {
  Instant before;
  Instant now;
  std::uint64_t jobs = 0;  // re-armed: they go on with an earlier fire time
};

// Notices that the clock was set back and has the store re-arm its jobs: step by step, and again
// after a pause for as long as the store fails. Steps of less than a minute are left alone: waiting
// for them does no harm.
class SetBack {
 public:
  // `rearmed` passes on the store's answer; any thread. `watch` is told when all is done.
  SetBack(Store& store,
          std::function<void(Result<Rearmed>)> rearmed,
          std::function<void(const SetBackReport&)> watch);

  // Says that the clock has shown `latest`, in an earlier run.
  void resume(Instant latest) { latest_ = latest; }

  // Looks at the clock, and asks the store for the next step if there is one to make.
  void look(Instant now);

  // Takes the store's answer to a step. Returns when one of the jobs or retries falls due.
  std::optional<Instant> answered(const Result<Rearmed>& result, Instant now);

  // When `look` has something to do by itself.
  std::optional<Instant> next_wake(Instant now);

 private:
  Store& store_;
  std::function<void(Result<Rearmed>)> rearmed_;
  std::function<void(const SetBackReport&)> watch_;
  std::optional<Instant> latest_;
  std::optional<Rearming> step_;   // to be made or under way
  std::optional<Rearming> again_;  // the clock was set back once more meanwhile
  std::uint64_t jobs_ = 0;         // re-armed so far
  bool under_way_ = false;
  Pause pause_;
};

}  // namespace jobsched
