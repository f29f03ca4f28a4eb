#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <optional>
#include <utility>

#include "core/time/instant.h"

namespace jobsched {

// Tells the service manager that the daemon is alive, for as long as it is: as long as the engine's
// loop comes round, since that is who feeds, and the store answers it. Whatever else runs, without
// these two nothing fires any more, and a restart is better.
class Watchdog {
 public:
  using SteadyTime = std::chrono::steady_clock::time_point;

  // Asks the store for something that changes nothing; `answered` may be called on any thread.
  using AskStore = std::function<void(std::function<void()> answered)>;

  // The store may be slow for so long, however short the interval is: SQLite waits five seconds for
  // another program that holds the file, and a disk may have much else to write.
  static constexpr std::chrono::seconds kSlowStore{10};

  // Whoever is silent for `interval`, at least 1 ms, is restarted. The store's answers must not
  // come after the end of the watchdog.
  Watchdog(Micros interval, std::function<void()> keep_alive, AskStore ask_store)
      : half_(interval / 2),
        patience_(std::max<Micros>(interval, kSlowStore)),
        keep_alive_(std::move(keep_alive)),
        ask_store_(std::move(ask_store)) {}

  // The engine's loop has come round at `now`. Says when it is to come round again at the latest.
  SteadyTime engine_went_round(SteadyTime now) {
    if (next_ && now < *next_) return *next_;
    if (next_) feed(now);
    next_ = now + half_;
    return *next_;
  }

 private:
  void feed(SteadyTime now) {
    if (answered_) {
      answered_ = false;
      asked_at_ = now;
      ask_store_([this] { answered_ = true; });
    }
    if (now - asked_at_ <= patience_) keep_alive_();
  }

  Micros half_;
  Micros patience_;
  std::function<void()> keep_alive_;
  AskStore ask_store_;
  std::optional<SteadyTime> next_;
  std::atomic<bool> answered_ = true;
  SteadyTime asked_at_;
};

}  // namespace jobsched
