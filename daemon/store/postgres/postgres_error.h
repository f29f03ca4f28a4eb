#pragma once

#include "core/error.h"
#include "daemon/store/postgres/connection.h"

namespace jobsched::pg {

// What a failure means for whoever asked: kUnavailable if the database is away or too busy,
// kStoreFull if its disk is full, kForbidden if the user may not, kInternal for anything else. The
// detail has the server's own words, which have no password.
Error explain(const Exception& exception);

// Runs `work`, which returns a Result, and makes one of what PostgreSQL refuses.
template <class Work>
auto guarded(const Work& work) -> decltype(work()) {
  try {
    return work();
  } catch (const Exception& exception) {
    return tl::unexpected(explain(exception));
  }
}

}  // namespace jobsched::pg
