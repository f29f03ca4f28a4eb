#pragma once

#include <chrono>
#include <mutex>
#include <optional>

#include "core/error.h"
#include "core/time/instant.h"

namespace jobsched::pg {

// Whether it is worth trying to reach the database. For a while after it was lost nobody does, so
// that requests are refused at once instead of each waiting for what does not answer. Thread-safe.
class Availability {
 public:
  using SteadyTime = std::chrono::steady_clock::time_point;

  // After a loss; short, as a database that comes back is not noticed meanwhile.
  static constexpr Millis kPause{1'000};

  // Errors: that of the loss, if it was less than kPause before `now`.
  Result<void> check(SteadyTime now) const;

  // The database was lost at `now`, or still cannot be reached; `error` says how.
  void note_loss(const Error& error, SteadyTime now);

  // The database has answered.
  void note_success();

 private:
  struct Loss {
    Error error;
    SteadyTime at;
  };

  mutable std::mutex mutex_;
  std::optional<Loss> loss_;
};

}  // namespace jobsched::pg
