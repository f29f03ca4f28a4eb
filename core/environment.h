#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace jobsched {

// The environment variables of a process, by their names.
using Environment = std::map<std::string, std::string, std::less<>>;

// A variable's value; empty if there is none.
std::string variable(const Environment& environment, std::string_view name);

// Where the daemon answers its admins unless it is told otherwise, and the commands for admins ask
// it: unix:$XDG_RUNTIME_DIR/jobsched/admin.sock, or unix:/run/jobsched/admin.sock.
std::string default_admin_address(const Environment& environment);

}  // namespace jobsched
