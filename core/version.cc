#include "core/version.h"

namespace jobsched {

std::string_view version() {
  return JOBSCHED_VERSION;
}

}  // namespace jobsched
