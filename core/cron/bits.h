#pragma once

#include <bit>
#include <cstdint>

namespace jobsched::cron {

// A set of numbers from 0 to 63: bit n says whether n is in it.
using Bits = std::uint64_t;

constexpr Bits bit(unsigned n) {
  return Bits{1} << n;
}

// The set of n and everything above. Requires: n <= 63.
constexpr Bits from(unsigned n) {
  return ~Bits{0} << n;
}

// The set of `first` to `last`. Requires: first <= last <= 62.
constexpr Bits between(unsigned first, unsigned last) {
  return from(first) & ~from(last + 1);
}

constexpr bool contains(Bits set, unsigned n) {
  return (set & bit(n)) != 0;
}

// The least and the greatest member. Require: set is not empty.
constexpr unsigned least(Bits set) {
  return static_cast<unsigned>(std::countr_zero(set));
}

constexpr unsigned greatest(Bits set) {
  return static_cast<unsigned>(std::bit_width(set)) - 1;
}

constexpr unsigned size(Bits set) {
  return static_cast<unsigned>(std::popcount(set));
}

// The least distance between two members; 0 if there are not two.
constexpr unsigned least_gap(Bits set) {
  if (size(set) < 2) return 0;
  unsigned gap = 1;
  while ((set & (set >> gap)) == 0) {
    ++gap;
  }
  return gap;
}

}  // namespace jobsched::cron
