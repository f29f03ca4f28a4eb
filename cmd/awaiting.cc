#include "cmd/awaiting.h"

#include <poll.h>

#include <algorithm>
#include <csignal>

#include "daemon/clock.h"

namespace jobsched::cmd {

namespace {

constexpr Millis kLookInterval{200};

}  // namespace

SteadyTime steady_now() {
  return SystemClock().steady_now();
}

bool is_interrupted() {
  sigset_t pending;
  sigpending(&pending);
  return sigismember(&pending, SIGINT) == 1;
}

Millis next_look(SteadyTime deadline) {
  return std::clamp(std::chrono::ceil<Millis>(deadline - steady_now()), Millis{0}, kLookInterval);
}

Awaited await_ready(int fd, http::Readiness readiness, SteadyTime deadline) {
  pollfd entry{fd, 0, 0};
  if (readiness.readable) entry.events |= POLLIN;
  if (readiness.writable) entry.events |= POLLOUT;
  for (;;) {
    if (is_interrupted()) return Awaited::kInterrupted;
    if (::poll(&entry, 1, static_cast<int>(next_look(deadline).count())) > 0) {
      return Awaited::kReady;
    }
    if (steady_now() >= deadline) return Awaited::kTimeout;
  }
}

}  // namespace jobsched::cmd
