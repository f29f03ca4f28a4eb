#pragma once

#include "daemon/engine/scheduler.h"
#include "daemon/log.h"
#include "daemon/zoneinfo/zone_watch.h"

namespace jobsched {

// What the log says of what happens in the engine. Failures are what an admin looks for: what goes
// well is said at the level `debug`, so that it does not drown them.
void report(const Log& log, const AttemptReport& attempt);
void report(const Log& log, const Skipped& skipped);
void report(const Log& log, const SetBackReport& set_back);
void report(const Log& log, const ZoneReport& change);

// The wall clock was set by `step`.
void report_clock_step(const Log& log, Millis step);

}  // namespace jobsched
