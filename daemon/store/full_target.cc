#include "daemon/store/full_target.h"

#include <algorithm>

#include "core/delivery/callback.h"

namespace jobsched {

FullTarget* find_full(Claimant& claimant, const Job& job) {
  if (claimant.full.empty()) return nullptr;
  const auto full =
      std::ranges::find(claimant.full, callback_target(job.spec.url), &FullTarget::target);
  return full == claimant.full.end() ? nullptr : &*full;
}

}  // namespace jobsched
