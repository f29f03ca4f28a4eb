#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "core/delivery/signature.h"
#include "core/error.h"
#include "daemon/store/postgres/connection.h"

namespace jobsched::pg {

// Secrets by the names of their accounts, the newest first. kInternal for an account where a row
// does not make a secret, as after somebody has changed it by hand; the detail has nothing of it.
using SecretsOfAccounts = std::map<std::string, Result<std::vector<AccountSecret>>>;

// The secrets of these accounts that are in use at `now`; an account that has none is left out. One
// statement. Throws Exception.
SecretsOfAccounts read_secrets(Connection& connection,
                               std::span<const std::string> accounts,
                               Instant now);

}  // namespace jobsched::pg
