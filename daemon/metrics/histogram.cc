#include "daemon/metrics/histogram.h"

#include <algorithm>

namespace jobsched {

void Histogram::observe(Micros length) {
  length = std::max(length, Micros{0});
  const auto bound = std::ranges::lower_bound(bounds_, length);
  counts_.at(static_cast<std::size_t>(bound - bounds_.begin())).add();
  sum_.add(static_cast<std::uint64_t>(length.count()));
}

}  // namespace jobsched
