#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_set>
#include <vector>

#include "core/error.h"
#include "daemon/clock.h"
#include "daemon/engine/clock_watch.h"
#include "daemon/engine/curl_deliverer.h"
#include "daemon/engine/scheduler.h"
#include "daemon/engine/socket_watch.h"
#include "daemon/fd.h"

namespace jobsched {

// Whoever watches the loop; called on the thread that runs it.
struct LoopWatch {
  using SteadyTime = std::chrono::steady_clock::time_point;

  // The wall clock was set by so much.
  std::function<void(Millis)> clock_stepped;
  // The loop has come round at `now`; says when it is to come round again at the latest.
  std::function<SteadyTime(SteadyTime now)> went_round = [](SteadyTime /*now*/) {
    return SteadyTime::max();
  };
};

// The event loop of delivery: waits for whatever comes first of the scheduler's next instant, the
// deliverer's sockets and timers, and a wake-up, and lets the two do what is due. The instant is
// waited for on the wall clock itself: it is never early, a clock that is set is noticed at once,
// and the scheduler is stepped at least every second in any case, for what no timer tells (a
// suspend, a timer lost, a clock that is set while nothing is due).
//
//   Result<std::unique_ptr<EngineLoop>> loop = EngineLoop::create(clock, …);
//   CurlDeliverer deliverer(**loop, clock, settings.concurrency);
//   Scheduler scheduler(settings, …, deliverer, random, [&] { (*loop)->wake(); }, …);
//   (*loop)->run(scheduler, deliverer);
class EngineLoop final : public SocketWatch {
 public:
  using SteadyTime = std::chrono::steady_clock::time_point;

  // Errors: kUnavailable if the system has no descriptors left.
  static Result<std::unique_ptr<EngineLoop>> create(const Clock& clock, LoopWatch loop_watch);

  // Runs until drained. Called once, by the thread that owns the scheduler and the deliverer.
  void run(Scheduler& scheduler, CurlDeliverer& deliverer);

  // Lets the scheduler be stepped soon. Any thread, also before and after `run`; never blocks.
  void wake();

  // Has `run` make a call soon, between two steps. Any thread; never once `run` has returned.
  void post(std::function<void()> call);

  // Claims nothing more and lets `run` return once what is in flight has ended and is recorded.
  // What has not ended at `deadline` is interrupted; if the store then takes no records for
  // kRecordGrace, they are given up: the next start repeats those attempts. Any thread; a second
  // call can only bring the deadline forward.
  void drain(SteadyTime deadline);

  static constexpr std::chrono::seconds kRecordGrace{5};

  void watch(int fd, bool readable, bool writable) override;
  void unwatch(int fd) override;

 private:
  EngineLoop(const Clock& clock, LoopWatch loop_watch, Fd epoll, Fd timer, Fd wake_up);

  void make_calls();
  void begin_to_end(SteadyTime deadline, Scheduler& scheduler, CurlDeliverer& deliverer);
  void arm(std::optional<Instant> instant);
  int wait_millis(const CurlDeliverer& deliverer,
                  std::optional<Instant> next,
                  SteadyTime latest) const;
  void wait(CurlDeliverer& deliverer, int millis);
  std::optional<SteadyTime> deadline() const;

  const Clock& clock_;
  LoopWatch loop_watch_;
  ClockWatch clock_watch_;
  Fd epoll_;
  Fd timer_;
  Fd wake_up_;
  std::unordered_set<int> watched_;
  std::optional<Instant> armed_;
  bool interrupted_ = false;
  mutable std::mutex mutex_;
  std::optional<SteadyTime> deadline_;
  std::vector<std::function<void()>> calls_;
};

}  // namespace jobsched
