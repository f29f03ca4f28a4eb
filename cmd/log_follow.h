#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "cmd/client.h"
#include "cmd/failure.h"
#include "cmd/log_query.h"
#include "core/codec/format.h"

namespace jobsched::cmd {

// `jobsched log -f`: prints the last `count` deliveries of those asked for, and then each attempt
// and each end once, soon after it has happened; as JSON, a document a line with the attempts that
// are new. `ids` is empty, or one job or delivery. It bears a restart of the daemon. Ends when
// there is nothing more to come, which is so only of one delivery; without a reader, quietly.
Fallible<void> follow_log(Client& client,
                          const std::vector<std::string>& ids,
                          const LogQuery& query,
                          std::size_t count,
                          Format output);

}  // namespace jobsched::cmd
