#pragma once

#include <algorithm>
#include <cstddef>

namespace jobsched {

// Has the process open as many files as its hard limit lets it; how many that is.
std::size_t raise_descriptor_limit();

// How many of `descriptors` the connections of clients may take, at most `wanted`: as many are kept
// for attempts as there may be in flight, though no more than half, and some for the store and the
// rest. So clients that take all they can get stop neither callbacks nor the store.
constexpr std::size_t connection_share(std::size_t descriptors,
                                       std::size_t wanted,
                                       std::size_t attempts) {
  constexpr std::size_t kRest = 64;
  const std::size_t kept = std::min(attempts, descriptors / 2) + kRest;
  const std::size_t left = descriptors > kept ? descriptors - kept : 1;
  return std::min(wanted, left);
}

}  // namespace jobsched
