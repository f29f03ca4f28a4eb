#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "core/delivery/log.h"
#include "core/time/instant.h"

namespace jobsched::cmd {

// What of a log that is read again and again has been told: lets each attempt, and each end, be
// told once. Times are the daemon's.
class LogNews {
 public:
  // Takes the delivery, as it is, for told.
  void skip(const LoggedDelivery& logged);

  // The delivery with those of its attempts that were not told yet; absent if it has none and did
  // not end since. A delivery that is seen for the first time has only what happened later than
  // all that was skipped at the start: since `start`.
  std::optional<LoggedDelivery> take(const LoggedDelivery& logged);

  // All that was skipped is before the news: of deliveries not skipped, too.
  void start();

  // From when on the log is to be read next, so that nothing is missed; absent: from its beginning.
  std::optional<Instant> since() const;

  // Forgets what the next reading cannot show again.
  void forget();

 private:
  struct Told {
    std::uint32_t attempt = 0;  // the last one
    std::optional<Instant> ended = {};
    std::optional<Instant> changed = {};  // when something happened to it last
  };

  void note(const LoggedDelivery& logged, Told& told);

  std::map<std::string, Told> told_;  // by the ids of deliveries
  std::optional<Instant> start_;
  std::optional<Instant> latest_;  // of all changes
};

}  // namespace jobsched::cmd
