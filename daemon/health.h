#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <string>

#include "core/error.h"
#include "core/time/instant.h"
#include "daemon/clock.h"
#include "daemon/store/store.h"

namespace jobsched {

// Whether the daemon can do its work. Thread-safe.
class Health {
 public:
  // Work that is due and has not been claimed for longer means that the scheduler is behind.
  static constexpr Millis kBehind{60'000};

  // For how long a commit that failed counts: only a further one can tell whether the store works
  // again, and as long as clients are kept away there may be none.
  static constexpr std::chrono::seconds kFailureCounts{10};

  // The clock outlives it.
  explicit Health(const Clock& clock) : clock_(clock) {}

  // Says how the last commit went: absent if well. Gives how the one before went.
  std::optional<std::string> committed(const std::optional<Error>& failure);

  // Why the last commit failed, however long ago; absent if it did not.
  std::optional<std::string> failure() const;

  // Whether `store`, that of the commits, can be written, and what is due in it is not left lying.
  // Errors: kUnavailable, saying which and what to do.
  Result<void> ready(const Store& store) const;

 private:
  using SteadyTime = std::chrono::steady_clock::time_point;

  struct Failure {
    std::string detail;
    SteadyTime at;
  };

  std::optional<std::string> recent_failure() const;

  const Clock& clock_;
  mutable std::mutex mutex_;
  std::optional<Failure> failure_;  // of the last commit
};

// How late the earliest work is that is due and not claimed; zero if there is none.
Millis overdue(const StoreCounts& counts, Instant now);

}  // namespace jobsched
