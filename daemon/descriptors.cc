#include "daemon/descriptors.h"

#include <sys/resource.h>

namespace jobsched {

std::size_t raise_descriptor_limit() {
  constexpr std::size_t kCommon = 1'024;  // if the system does not say
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return kCommon;
  const rlim_t before = limit.rlim_cur;
  limit.rlim_cur = limit.rlim_max;
  return setrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_max : before;
}

}  // namespace jobsched
