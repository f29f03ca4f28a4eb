#pragma once

#include <cstdint>
#include <random>

namespace jobsched {

// Chance, from the system. Not thread-safe: one for each thread that needs it.
class SystemRandom {
 public:
  std::uint64_t bits();

  // Uniform in [0, 1).
  double unit();

 private:
  std::random_device device_;
};

}  // namespace jobsched
