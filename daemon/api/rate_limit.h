#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <unordered_map>

namespace jobsched {

// How often each of many, known by their names, may do something: each has a bucket of `burst`
// tokens, which is full at first and gets one more every `interval`. Bounded: of more than some
// thousand names, those that did nothing for longest are forgotten, which fills their buckets. Not
// thread-safe.
class RateLimit {
 public:
  using Time = std::chrono::steady_clock::time_point;

  static constexpr std::size_t kMaxNames = 16'384;

  // Requires: interval > 0, burst > 0.
  RateLimit(std::chrono::nanoseconds interval, int burst);

  // Takes a token. If there is none: after how many seconds there is, rounded up.
  std::optional<std::chrono::seconds> take(const std::string& name, Time now);

 private:
  Time& full_at(const std::string& name, Time now);

  std::chrono::nanoseconds interval_;
  std::chrono::nanoseconds capacity_;  // how long an empty bucket takes to be full
  // When each bucket is full. Those that were used since the table grew by half of what is allowed,
  // and those before.
  std::unordered_map<std::string, Time> recent_;
  std::unordered_map<std::string, Time> older_;
};

}  // namespace jobsched
