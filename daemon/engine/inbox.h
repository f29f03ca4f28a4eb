#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "core/delivery/delivery.h"
#include "daemon/engine/pause.h"
#include "daemon/store/store.h"

namespace jobsched {

// What reaches the scheduler between two steps. Any thread may put things in. The store and the
// deliverer share it with the scheduler, because their answers may come after its end; what comes
// after `close` is dropped.
class Inbox {
 public:
  struct Ended {
    std::uint64_t attempt;  // the scheduler's number for it
    AttemptResult result;
  };

  struct News {
    std::vector<Ended> ended;
    std::optional<Result<Claims>> claims;    // at most one claim is asked for at a time …
    std::optional<Result<void>> recorded;    // … and one group recorded
    std::optional<Result<Rearmed>> rearmed;  // … and one step of re-arming
    std::optional<Instant> noticed;          // the earliest
  };

  // `wake` is called with the mutex held, so that none comes after `close`.
  explicit Inbox(std::function<void()> wake) : wake_(std::move(wake)) {}

  void put_claims(Result<Claims> claims) {
    put([&] { news_.claims = std::move(claims); });
  }

  void put_recorded(Result<void> recorded) {
    put([&] { news_.recorded = std::move(recorded); });
  }

  void put_rearmed(Result<Rearmed> rearmed) {
    put([&] { news_.rearmed = std::move(rearmed); });
  }

  // Wakes only for what is due before the scheduler looks by itself: a wake-up for each job that is
  // stored would cost as much as a tenth of storing it.
  void notice(Instant due) {
    const std::lock_guard lock(mutex_);
    if (closed_) return;
    news_.noticed = earlier(news_.noticed, due);
    if (due >= next_look_) return;
    next_look_ = due;
    wake_();
  }

  // Wakes nobody: attempts end within the owner's event loop, which steps after each of its rounds.
  void put_ended(std::uint64_t attempt, AttemptResult result) {
    const std::lock_guard lock(mutex_);
    if (!closed_) news_.ended.push_back({attempt, std::move(result)});
  }

  News take() {
    const std::lock_guard lock(mutex_);
    next_look_ = Instant::max();
    return std::exchange(news_, {});
  }

  // Says when what has been noticed is looked at next, come what may. From `take` until then all
  // that is noticed wakes.
  void look_at(Instant next) {
    const std::lock_guard lock(mutex_);
    next_look_ = next;
  }

  bool empty() const {
    const std::lock_guard lock(mutex_);
    return news_.ended.empty() && !news_.claims && !news_.recorded && !news_.rearmed &&
           !news_.noticed;
  }

  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }

 private:
  template <class Change>
  void put(Change change) {
    const std::lock_guard lock(mutex_);
    if (closed_) return;
    change();
    wake_();
  }

  mutable std::mutex mutex_;
  std::function<void()> wake_;
  News news_;
  Instant next_look_ = Instant::max();
  bool closed_ = false;
};

}  // namespace jobsched
