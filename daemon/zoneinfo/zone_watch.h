#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "daemon/clock.h"
#include "daemon/store/store.h"
#include "daemon/zoneinfo/zone_cache.h"

namespace jobsched {

// What a change of a time zone did to the jobs that are read in it.
struct ZoneReport {
  std::string zone;
  bool missing = false;  // this machine has no such zone any more
  std::uint64_t moved = 0;
  std::uint64_t paused = 0;
  std::uint64_t resumed = 0;
};

// Sees to it that recurring jobs follow the system's time zone data: whenever the rules of a zone
// are not those by which its jobs' next fire times were computed, also since an earlier run of the
// daemon, they are computed anew; a zone that is gone pauses its jobs, one that is back resumes
// them. Must outlive the store's answers.
class ZoneWatch {
 public:
  // `on_due` hears when the earliest of the moved jobs is due now, `report` what a change has done;
  // both on the thread that commits.
  ZoneWatch(ZoneCache& zones,
            Store& store,
            const Clock& clock,
            std::function<void(Instant)> on_due,
            std::function<void(const ZoneReport&)> report);

  // Looks at every zone in use: a few system calls each. What follows is done by events of the
  // store, in steps that do not hold up others; while they are under way nothing is looked at. If
  // the store fails, the next check tries again. One thread at a time.
  void check();

 private:
  struct Pass {
    ZoneReport report;
    std::shared_ptr<const Zone> rules;
    std::optional<JobId> after;
  };

  void rezone(Pass pass);
  void take_in(Pass pass, const Result<Rezoned>& done);

  ZoneCache& zones_;
  Store& store_;
  const Clock& clock_;
  std::function<void(Instant)> on_due_;
  std::function<void(const ZoneReport&)> report_;
  std::atomic<int> under_way_ = 0;
};

}  // namespace jobsched
