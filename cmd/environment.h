#pragma once

#include <functional>
#include <map>
#include <string>

namespace jobsched::cmd {

using Environment = std::map<std::string, std::string, std::less<>>;

// The environment of the process.
Environment read_environment();

}  // namespace jobsched::cmd
