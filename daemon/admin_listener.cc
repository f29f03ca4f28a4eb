#include "daemon/admin_listener.h"

#include <sys/stat.h>

#include <cerrno>
#include <filesystem>
#include <string>
#include <system_error>

namespace jobsched {

namespace {

constexpr mode_t kDirectoryMode = 0700;

Result<void> make_directory_of(const http::Address& address) {
  if (address.path.empty()) return {};
  const std::string directory = std::filesystem::path(address.path).parent_path();
  if (::mkdir(directory.c_str(), kDirectoryMode) == 0 || errno == EEXIST) return {};
  return fail(ErrorKind::kUnavailable, "cannot make the directory " + directory + ": " +
                                           std::generic_category().message(errno));
}

Result<void> listen_on(http::Server& server, const std::string& text) {
  return http::parse_address(text).and_then([&](const http::Address& address) {
    return make_directory_of(address).and_then([&] { return server.listen(address); });
  });
}

}  // namespace

Result<void> listen_for_admins(http::Server& server, const Settings& settings, const Log& log) {
  if (!settings.admin_listen) {
    const Result<void> listening = listen_on(server, settings.admin_address);
    if (!listening) {
      log.warning("no admin listener; set admin_listen to have one, or to [] to do without",
                  {{"reason", listening.error().detail}});
    }
    return {};
  }
  for (const std::string& text : *settings.admin_listen) {
    if (Result<void> listening = listen_on(server, text); !listening) return listening;
  }
  return {};
}

}  // namespace jobsched
