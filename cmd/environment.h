#pragma once

#include "core/environment.h"

namespace jobsched::cmd {

// The environment of the process.
Environment read_environment();

}  // namespace jobsched::cmd
