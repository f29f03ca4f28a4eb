#pragma once

#include <cstdint>
#include <vector>

#include "daemon/store/postgres/connection.h"
#include "daemon/store/values.h"

namespace jobsched::pg {

// Keeps what became of a request of the account with this row id. Forgets up to two that are not
// known any more, so that the table holds little more than those of a day. Throws Exception, one
// that is `contended` if another instance has just kept one of this key.
void keep_created(Connection& connection,
                  std::int64_t account,
                  const IdempotencyKey& key,
                  const std::vector<Created>& jobs,
                  Instant now);

}  // namespace jobsched::pg
