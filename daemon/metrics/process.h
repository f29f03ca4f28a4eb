#pragma once

#include <cstddef>
#include <cstdint>

namespace jobsched {

// What this process uses of the machine; 0 where the system does not say.
struct ProcessUsage {
  std::uint64_t resident_bytes = 0;
  std::size_t open_descriptors = 0;
  std::uint64_t most_descriptors = 0;
  double cpu_seconds = 0;
};

ProcessUsage process_usage();

}  // namespace jobsched
