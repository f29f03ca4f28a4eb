#pragma once

#include <optional>

#include "daemon/store/postgres/connection.h"
#include "daemon/store/values.h"

namespace jobsched::pg {

// `Store::find_created`. Throws Exception.
Result<std::optional<CreatedOnce>> find_created(Connection& connection,
                                                const IdempotencyKey& key,
                                                Instant now);

}  // namespace jobsched::pg
