#include "core/environment.h"

namespace jobsched {

std::string variable(const Environment& environment, std::string_view name) {
  const auto found = environment.find(name);
  return found == environment.end() ? std::string() : found->second;
}

std::string default_admin_address(const Environment& environment) {
  // The XDG base directory specification says to ignore relative paths.
  const std::string runtime = variable(environment, "XDG_RUNTIME_DIR");
  return "unix:" + (runtime.starts_with('/') ? runtime : "/run") + "/jobsched/admin.sock";
}

}  // namespace jobsched
