#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>

#include "core/time/instant.h"
#include "daemon/metrics/counter.h"

namespace jobsched {

// How many lengths of time were seen up to each of some bounds. Any thread may observe, any may
// read, and nobody waits; what is read while others observe is as good as a moment earlier or
// later.
class Histogram {
 public:
  static constexpr std::size_t kMostBounds = 20;

  // `bounds`, at most kMostBounds, rise; they outlive the histogram.
  explicit Histogram(std::span<const Micros> bounds) : bounds_(bounds) {}

  // A negative length counts as none.
  void observe(Micros length);

  std::span<const Micros> bounds() const { return bounds_; }

  // How many were longer than bound `index - 1` and not longer than bound `index`; those longer
  // than any bound have the last index, `bounds().size()`.
  std::uint64_t count(std::size_t index) const { return counts_.at(index).value(); }

  // Of all lengths observed.
  Micros sum() const { return Micros{static_cast<Micros::rep>(sum_.value())}; }

 private:
  std::span<const Micros> bounds_;
  std::array<Counter, kMostBounds + 1> counts_;
  Counter sum_;  // in microseconds
};

}  // namespace jobsched
