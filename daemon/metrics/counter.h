#pragma once

#include <atomic>
#include <cstdint>

namespace jobsched {

// A number that only rises. Any thread may count, any may read; nobody waits.
class Counter {
 public:
  void add(std::uint64_t count = 1) { value_.fetch_add(count, std::memory_order_relaxed); }

  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_ = 0;
};

}  // namespace jobsched
