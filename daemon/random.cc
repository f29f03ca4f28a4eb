#include "daemon/random.h"

namespace jobsched {

std::uint64_t SystemRandom::bits() {
  return std::uint64_t{device_()} << 32U | device_();
}

double SystemRandom::unit() {
  constexpr double kStep = 0x1p-53;  // a double holds 53 bits exactly
  return static_cast<double>(bits() >> 11U) * kStep;
}

}  // namespace jobsched
