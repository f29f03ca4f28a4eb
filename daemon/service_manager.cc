#include "daemon/service_manager.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <optional>

#include "core/text/utf8.h"
#include "daemon/fd.h"

namespace jobsched {

namespace {

constexpr int kFirstPassed = 3;
constexpr int kMostPassed = 1'024;  // far more than anybody listens on

constexpr std::string_view kPid = "LISTEN_PID";
constexpr std::string_view kCount = "LISTEN_FDS";
constexpr std::string_view kNames = "LISTEN_FDNAMES";

std::optional<int> parse_number(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

tl::unexpected<Error> refuse(std::string_view name, std::string_view value, std::string_view why) {
  return fail(ErrorKind::kInvalid, std::string(name) + " is " + quote(value) + ", which " +
                                       std::string(why) +
                                       "; leave it to the service manager to set it");
}

std::vector<std::string> split_names(std::string_view text) {
  std::vector<std::string> names;
  for (;;) {
    const auto colon = text.find(':');
    names.emplace_back(text.substr(0, colon));
    if (colon == std::string_view::npos) return names;
    text.remove_prefix(colon + 1);
  }
}

}  // namespace

Result<std::vector<PassedSocket>> read_passed_sockets(const Environment& environment, pid_t self) {
  const std::string pid = variable(environment, kPid);
  const std::string count = variable(environment, kCount);
  if (pid.empty() || count.empty()) return {};
  const auto owner = parse_number(pid);
  if (!owner) return refuse(kPid, pid, "is no process");
  if (*owner != self) return {};
  const auto sockets = parse_number(count);
  if (!sockets || *sockets < 0 || *sockets > kMostPassed) {
    return refuse(kCount, count, "is no number of sockets");
  }
  std::vector<PassedSocket> passed;
  for (int i = 0; i < *sockets; ++i)
    passed.push_back({kFirstPassed + i, {}});
  const std::string text = variable(environment, kNames);
  if (text.empty()) return passed;
  std::vector<std::string> names = split_names(text);
  if (names.size() != passed.size()) {
    return refuse(kNames, text, "does not name " + count + " sockets");
  }
  for (std::size_t i = 0; i < passed.size(); ++i)
    passed[i].name = std::move(names[i]);
  return passed;
}

void forget_passed_sockets() {
  for (const std::string_view name : {kPid, kCount, kNames})
    ::unsetenv(std::string(name).c_str());
}

Notifier::Notifier(const Environment& environment)
    : path_(variable(environment, "NOTIFY_SOCKET")) {}

void Notifier::tell(std::string_view state) const {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path_.empty() || path_.size() >= sizeof address.sun_path) return;
  path_.copy(address.sun_path, path_.size());
  if (path_.front() == '@') address.sun_path[0] = '\0';
  const Fd fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) return;
  // An abstract name has no end but its length.
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path_.size());
  const void* const any = &address;
  ::sendto(fd.get(), state.data(), state.size(), MSG_NOSIGNAL, static_cast<const sockaddr*>(any),
           size);
}

}  // namespace jobsched
