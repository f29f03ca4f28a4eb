#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "core/delivery/lifecycle.h"
#include "daemon/engine/deliverer.h"
#include "daemon/engine/host_queues.h"
#include "daemon/engine/inbox.h"
#include "daemon/engine/outcome_writer.h"
#include "daemon/engine/pause.h"
#include "daemon/engine/set_back.h"
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

// How an attempt ended and what follows, for whoever watches.
struct AttemptReport {
  const Delivery& delivery;
  const std::string& target;  // "host:port"
  const AttemptResult& result;
  const Transition& transition;
};

// Whoever watches the scheduler; called within `step`.
struct SchedulerWatch {
  std::function<void(const AttemptReport&)> attempt;   // each that ends
  std::function<void(const Skipped&)> skipped;         // each misfire that is not made up for
  std::function<void(const SetBackReport&)> set_back;  // each time the clock was set back
  // Each attempt that begins, and when.
  std::function<void(const Delivery&, Instant)> started = [](const Delivery&, Instant) {};
};

// Turns due fire times into attempts and attempts into outcomes. Steppable: `step` makes one
// bounded pass, never waits, and is right however early, late or often it is called and wherever
// the clock has gone; only an event loop decides when. All members are called on one thread,
// except that the store may answer on another: answers are kept until the next `step`, and
// `wake` is called so that it comes soon.
class Scheduler {
 public:
  // `wake` may be called from any thread and must not call back. `random` gives numbers in [0, 1).
  // The store may still answer, and attempts may still end, after the scheduler has gone.
  Scheduler(SchedulerSettings settings,
            std::uint64_t instance,
            Store& store,
            Deliverer& deliverer,
            std::function<double()> random,
            std::function<void()> wake,
            SchedulerWatch watch);
  ~Scheduler();
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  // Says that the clock had come to `latest` in an earlier run of the daemon. Before the first
  // `step`.
  void resume(Instant latest) { set_back_.resume(latest); }

  // Goes by these settings from the next `step` on. Timeouts are for attempts that start, backoff
  // for attempts that end from then on; nothing that is in flight is ended.
  void set(SchedulerSettings settings);

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

 private:
  // What is kept of an attempt under way.
  struct Attempt {
    Delivery delivery;
    std::uint64_t token;
    std::string target;
    std::optional<Instant> next_fire_time;  // of its job, when it was claimed
    bool may_fire_again;                    // its job, also if it was resumed meanwhile
    Instant started;
    std::optional<Backoff> backoff;  // of its job, where it is not the daemon's
  };

  void take_in_ended(std::vector<Inbox::Ended>&& ended, Instant now);
  void take_in_claims(Result<Claims> claims, Instant now);
  void start_waiting(Instant now);
  void start(HostQueues::Taken taken, Instant now);
  void relieve_queues(Instant now);
  void renew_leases(Instant now);
  void hand_back(const Claim& claim, Instant earliest, Instant now);
  void ask_for_work(Instant now);

  void expect(std::optional<Instant> due) { next_due_ = earlier(next_due_, due); }

  std::size_t room() const;
  bool has_room() const;
  bool wants_work() const;
  bool crowded(Instant now) const;
  std::optional<Instant> next_wake(Instant now);
  Instant next_look(std::optional<Instant> wake) const;

  SchedulerSettings settings_;
  std::uint64_t instance_;
  Store& store_;
  Deliverer& deliverer_;
  std::function<double()> random_;
  SchedulerWatch watch_;
  std::shared_ptr<Inbox> inbox_;
  OutcomeWriter writer_;
  SetBack set_back_;
  HostQueues queues_;
  std::unordered_map<std::uint64_t, Attempt> attempts_;
  std::uint64_t last_attempt_ = 0;
  std::optional<Instant> next_due_ = Instant::min();  // unknown at first: ask at once
  std::optional<Instant> asked_at_;                   // a claim is under way since
  Instant latest_ = Instant::min();                   // before it, the clock was set back
  Pause claim_pause_;
  Pause sweep_;                // until the queues are searched for claims that have waited too long
  Pause patience_;             // with queues that leave no room for others
  bool short_leases_ = false;  // of claims that are held: made for a shorter timeout
  bool draining_ = false;
};

}  // namespace jobsched
