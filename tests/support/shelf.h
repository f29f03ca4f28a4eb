#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <utility>
#include <vector>

#include "daemon/http/message.h"

namespace jobsched::http {

// Keeps the responders of all requests, to be answered when the test says so.
class Shelf {
 public:
  Handler handler() {
    return [this](const Request&, std::unique_ptr<Responder> responder) {
      const std::lock_guard lock(mutex_);
      kept_.push_back(std::move(responder));
      changed_.notify_all();
    };
  }

  // Takes the oldest, waiting for it if need be.
  std::unique_ptr<Responder> take() {
    std::unique_lock lock(mutex_);
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{60};
    if (!changed_.wait_until(lock, deadline, [this] { return !kept_.empty(); })) {
      throw std::runtime_error("no request came");
    }
    auto responder = std::move(kept_.front());
    kept_.erase(kept_.begin());
    return responder;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::unique_ptr<Responder>> kept_;
};

}  // namespace jobsched::http
