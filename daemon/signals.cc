#include "daemon/signals.h"

#include <pthread.h>

namespace jobsched {

Signals::Signals(std::initializer_list<int> numbers) {
  sigemptyset(&set_);
  for (const int number : numbers) {
    sigaddset(&set_, number);
  }
  pthread_sigmask(SIG_BLOCK, &set_, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

std::optional<int> Signals::wait(std::chrono::milliseconds timeout) const {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(timeout);
  const std::chrono::nanoseconds rest = timeout - seconds;
  const timespec at_most{seconds.count(), rest.count()};
  const int number = sigtimedwait(&set_, nullptr, &at_most);
  return number > 0 ? std::optional{number} : std::nullopt;
}

}  // namespace jobsched
