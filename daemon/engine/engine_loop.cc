#include "daemon/engine/engine_loop.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <string>
#include <system_error>
#include <utility>

namespace jobsched {

namespace {

constexpr std::chrono::milliseconds kSanity{1'000};
constexpr std::size_t kEventsAtOnce = 256;

epoll_event event_for(int fd, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.fd = fd;
  return event;
}

bool add(const Fd& epoll, const Fd& fd) {
  epoll_event event = event_for(fd.get(), EPOLLIN);
  return ::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, fd.get(), &event) == 0;
}

// Empties an eventfd or a timerfd. A timer that was cancelled because the clock was set fails here,
// and has done its duty by waking the loop.
void empty(const Fd& fd) {
  std::uint64_t count = 0;
  static_cast<void>(::read(fd.get(), &count, sizeof count));
}

}  // namespace

Result<std::unique_ptr<EngineLoop>> EngineLoop::create(const Clock& clock, LoopWatch loop_watch) {
  Fd epoll(::epoll_create1(EPOLL_CLOEXEC));
  Fd timer(::timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC));
  Fd wake_up(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
  if (!epoll || !timer || !wake_up || !add(epoll, timer) || !add(epoll, wake_up)) {
    return fail(ErrorKind::kUnavailable,
                "the delivery loop cannot start: " + std::generic_category().message(errno));
  }
  return std::unique_ptr<EngineLoop>(new EngineLoop(clock, std::move(loop_watch), std::move(epoll),
                                                    std::move(timer), std::move(wake_up)));
}

EngineLoop::EngineLoop(const Clock& clock, LoopWatch loop_watch, Fd epoll, Fd timer, Fd wake_up)
    : clock_(clock),
      loop_watch_(std::move(loop_watch)),
      epoll_(std::move(epoll)),
      timer_(std::move(timer)),
      wake_up_(std::move(wake_up)) {}

void EngineLoop::run(Scheduler& scheduler, CurlDeliverer& deliverer) {
  while (true) {
    make_calls();
    const std::optional<SteadyTime> end = deadline();
    if (end) begin_to_end(*end, scheduler, deliverer);
    const Instant now = clock_.now();
    if (const auto step = clock_watch_.look(now, clock_.steady_now())) {
      loop_watch_.clock_stepped(*step);
    }
    const std::optional<Instant> next = scheduler.step(now);
    if (end && (scheduler.idle() || clock_.steady_now() >= *end + kRecordGrace)) return;
    const SteadyTime latest = loop_watch_.went_round(clock_.steady_now());
    arm(next);
    wait(deliverer, wait_millis(deliverer, next, latest));
    deliverer.on_timer();
  }
}

void EngineLoop::make_calls() {
  std::vector<std::function<void()>> calls;
  {
    const std::lock_guard lock(mutex_);
    calls.swap(calls_);
  }
  for (const auto& call : calls)
    call();
}

void EngineLoop::begin_to_end(SteadyTime deadline, Scheduler& scheduler, CurlDeliverer& deliverer) {
  scheduler.drain();
  if (interrupted_ || clock_.steady_now() < deadline) return;
  interrupted_ = true;
  deliverer.interrupt_all();
}

void EngineLoop::arm(std::optional<Instant> instant) {
  if (instant == armed_) return;
  armed_ = instant;
  itimerspec setting{};  // zero: none
  if (instant) {
    const auto since_epoch = instant->time_since_epoch();
    const auto seconds = std::chrono::floor<std::chrono::seconds>(since_epoch);
    setting.it_value.tv_sec = seconds.count();
    setting.it_value.tv_nsec = std::chrono::nanoseconds(since_epoch - seconds).count();
  }
  ::timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &setting, nullptr);
}

int EngineLoop::wait_millis(const CurlDeliverer& deliverer,
                            std::optional<Instant> next,
                            SteadyTime latest) const {
  const SteadyTime now = clock_.steady_now();
  SteadyTime until = next && *next <= clock_.now() ? now : now + kSanity;
  const auto no_later_than = [&until](SteadyTime time) { until = std::min(until, time); };
  no_later_than(latest);
  if (const auto timer = deliverer.next_timer()) no_later_than(*timer);
  if (const auto end = deadline()) {
    no_later_than(interrupted_ ? *end + kRecordGrace : *end);
  }
  // A deadline long past is as good as now, and too far away to be subtracted from.
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(std::max(until, now) - now);
  return static_cast<int>(left.count());
}

void EngineLoop::wait(CurlDeliverer& deliverer, int millis) {
  std::array<epoll_event, kEventsAtOnce> events{};
  const int count = ::epoll_wait(epoll_.get(), events.data(), kEventsAtOnce, millis);
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    const int fd = event.data.fd;
    if (fd == timer_.get()) {
      empty(timer_);
      armed_.reset();
    } else if (fd == wake_up_.get()) {
      empty(wake_up_);
    } else {
      const bool failed = (event.events & (EPOLLERR | EPOLLHUP)) != 0;
      deliverer.on_ready(fd, failed || (event.events & EPOLLIN) != 0,
                         failed || (event.events & EPOLLOUT) != 0);
    }
  }
}

void EngineLoop::wake() {
  // Fails only if it is so full that a wake-up is certain anyway.
  const std::uint64_t one = 1;
  static_cast<void>(::write(wake_up_.get(), &one, sizeof one));
}

void EngineLoop::post(std::function<void()> call) {
  {
    const std::lock_guard lock(mutex_);
    calls_.push_back(std::move(call));
  }
  wake();
}

void EngineLoop::drain(SteadyTime deadline) {
  {
    const std::lock_guard lock(mutex_);
    deadline_ = deadline_ ? std::min(*deadline_, deadline) : deadline;
  }
  wake();
}

std::optional<EngineLoop::SteadyTime> EngineLoop::deadline() const {
  const std::lock_guard lock(mutex_);
  return deadline_;
}

void EngineLoop::watch(int fd, bool readable, bool writable) {
  epoll_event event = event_for(fd, (readable ? EPOLLIN : 0U) | (writable ? EPOLLOUT : 0U));
  const bool known = !watched_.insert(fd).second;
  const bool changed = known && ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, fd, &event) == 0;
  if (!changed) ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event);  // new, or closed meanwhile
  // Where even that fails, for want of memory, the attempt's own timeout ends it.
}

void EngineLoop::unwatch(int fd) {
  watched_.erase(fd);
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
}

}  // namespace jobsched
