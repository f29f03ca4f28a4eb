#pragma once

#include <chrono>

#include "core/time/instant.h"
#include "daemon/http/transport.h"

namespace jobsched::cmd {

// For what waits for a daemon: until a deadline, and not longer than a SIGINT lets it that is held
// back (cmd/patience.h).

using SteadyTime = std::chrono::steady_clock::time_point;

SteadyTime steady_now();

// Whether a SIGINT is held back that has come.
bool is_interrupted();

enum class Awaited { kReady, kTimeout, kInterrupted };

// How long to wait at most before looking again whether it is over: until the deadline, and a
// fraction of a second. Not negative.
Millis next_look(SteadyTime deadline);

// Waits until `fd` is ready for either.
Awaited await_ready(int fd, http::Readiness readiness, SteadyTime deadline);

}  // namespace jobsched::cmd
