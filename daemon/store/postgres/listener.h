#pragma once

#include <atomic>
#include <functional>
#include <string>

#include "core/time/instant.h"
#include "daemon/store/postgres/connection.h"
#include "daemon/store/postgres/rest.h"

namespace jobsched::pg {

// The channel on which instances tell each other that something is due now; the payload says which
// one does.
inline constexpr auto kChannel = "jobsched";

// Hears of what other instances have stored, on a connection of its own that it makes anew whenever
// it is lost. Behind a pooler that gives each transaction another connection it hears nothing.
class Listener {
 public:
  // `own` is the payload of this instance's own news, which are none. `pq` and `rest` outlive it.
  Listener(const Libpq& pq, Target target, Rest& rest, std::string own)
      : pq_(pq), target_(std::move(target)), rest_(rest), own_(std::move(own)) {}

  // Blocks until `stop` has been called; calls `on_news` meanwhile. One thread.
  void listen(const std::function<void()>& on_news);

  // Any thread. Takes effect within kPatience, or the time that connecting takes.
  void stop() { stopped_ = true; }

 private:
  static constexpr Millis kPatience{200};

  void hear(const std::function<void()>& on_news);

  const Libpq& pq_;
  Target target_;
  Rest& rest_;
  std::string own_;
  std::atomic<bool> stopped_ = false;
};

}  // namespace jobsched::pg
