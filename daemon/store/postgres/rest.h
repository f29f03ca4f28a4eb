#pragma once

#include <condition_variable>
#include <mutex>

#include "core/time/instant.h"

namespace jobsched::pg {

// Between two tries of what has failed. Thread-safe.
class Rest {
 public:
  // Lets time pass, less if it is stopped. Whether it is not.
  bool take(Millis length) {
    std::unique_lock lock(mutex_);
    return !changed_.wait_for(lock, length, [this] { return stopped_; });
  }

  // From now on nobody rests.
  void stop() {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopped_ = false;
};

}  // namespace jobsched::pg
