#pragma once

#include <cstdint>
#include <functional>

#include "core/error.h"
#include "core/time/zone.h"
#include "daemon/store/postgres/account_rows.h"
#include "daemon/store/postgres/attempt_log.h"
#include "daemon/store/postgres/connection.h"

namespace jobsched::pg {

// What the parts of a transaction have in common, from its BEGIN to its COMMIT.
struct Transaction {
  Connection& connection;
  AccountRows accounts;
  AttemptLog log;
  const ZoneLookup& zones;
  const std::function<void(const Error&)>& damaged;  // hears of a job or secret that cannot be read
  bool database_clock;                               // rather than the caller's; see StoreClock
  std::uint64_t jobs_per_account;                    // as of QueuedStore
};

}  // namespace jobsched::pg
