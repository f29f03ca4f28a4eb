#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>

#include "core/delivery/lifecycle.h"
#include "daemon/engine/deliverer.h"
#include "daemon/store/store.h"

namespace jobsched {

struct SchedulerSettings {
  std::size_t concurrency = 1'024;  // attempts in flight in all
  std::size_t per_host = 64;        // attempts in flight to one host and port
  Millis connect_timeout{10'000};
  Millis timeout{30'000};
  Backoff backoff = default_backoff();
  Millis misfire_threshold{60'000};
};

// Turns due fire times into attempts and attempts into outcomes. Steppable: `step` makes one
// bounded pass, never waits, and is right however early, late or often it is called and wherever
// the clock has gone; only an event loop decides when. All members are called on one thread,
// except that the store may answer on another: answers are kept until the next `step`, and
// `wake` is called so that it comes soon.
class Scheduler {
 public:
  // `wake` may be called from any thread. `random` gives numbers in [0, 1).
  Scheduler(SchedulerSettings settings,
            std::uint64_t instance,
            Store& store,
            Deliverer& deliverer,
            std::function<double()> random,
            std::function<void()> wake);
  ~Scheduler();

  // One pass at `now`: takes in the store's answers, starts claimed attempts, submits outcomes,
  // asks for more due work. Returns when it next has something to do by itself; absent if only an
  // answer or `notice` can change that.
  std::optional<Instant> step(Instant now);

  // Says that a job due at `due` was stored. Any thread.
  void notice(Instant due);

  // Claims nothing from now on.
  void drain();

  // After `drain`: nothing is in flight and every outcome is recorded.
  bool idle() const;

  std::size_t in_flight() const;
};

}  // namespace jobsched
