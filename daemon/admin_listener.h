#pragma once

#include "core/error.h"
#include "daemon/http/server.h"
#include "daemon/log.h"
#include "daemon/settings/settings.h"

namespace jobsched {

// Who may connect to a UNIX socket for admins: the user that the daemon runs as.
inline constexpr mode_t kAdminSocketMode = 0600;

// Has `server` listen on the addresses for admins (admin_listen); the directory of a UNIX socket is
// made, for this user alone, if it is not there. If none was set, the default is tried: where it
// cannot be had, as a plain user has no place for it or another daemon listens there, the log says
// so and the daemon goes on without. Errors: kUnavailable for an address that was set.
Result<void> listen_for_admins(http::Server& server, const Settings& settings, const Log& log);

}  // namespace jobsched
