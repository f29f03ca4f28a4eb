#pragma once

#include <poll.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <vector>

#include "daemon/engine/curl_deliverer.h"
#include "daemon/engine/socket_watch.h"

namespace jobsched::testing {

// The least event loop that drives a CurlDeliverer.
class PollLoop final : public SocketWatch {
 public:
  void watch(int fd, bool readable, bool writable) override {
    sockets_[fd] = static_cast<short>((readable ? POLLIN : 0) | (writable ? POLLOUT : 0));
  }

  void unwatch(int fd) override { sockets_.erase(fd); }

  // Runs until `done()`; false if that takes longer than `limit`.
  template <class Done>
  bool run_until(CurlDeliverer& deliverer, Done done, std::chrono::seconds limit) {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (!done()) {
      if (std::chrono::steady_clock::now() > end) return false;
      round(deliverer);
    }
    return true;
  }

  // Waits for one event or timer, at most 100 ms.
  void round(CurlDeliverer& deliverer) {
    std::vector<pollfd> waiting;
    for (const auto& [fd, events] : sockets_)
      waiting.push_back({fd, events, 0});
    ::poll(waiting.data(), waiting.size(), timeout(deliverer));
    for (const pollfd& entry : waiting) {
      if (entry.revents == 0) continue;
      const bool failed = (entry.revents & (POLLERR | POLLHUP)) != 0;
      deliverer.on_ready(entry.fd, failed || (entry.revents & POLLIN) != 0,
                         failed || (entry.revents & POLLOUT) != 0);
    }
    deliverer.on_timer();
  }

 private:
  static int timeout(const CurlDeliverer& deliverer) {
    using std::chrono::milliseconds;
    const auto timer = deliverer.next_timer();
    if (!timer) return 100;
    const auto left = std::chrono::ceil<milliseconds>(*timer - std::chrono::steady_clock::now());
    return static_cast<int>(std::clamp<milliseconds::rep>(left.count(), 0, 100));
  }

  std::map<int, short> sockets_;
};

}  // namespace jobsched::testing
