#include "daemon/service_manager.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
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

constexpr std::string_view kWatchdogPid = "WATCHDOG_PID";
constexpr std::string_view kWatchdogLength = "WATCHDOG_USEC";
constexpr Micros kLeastWatchdog = std::chrono::milliseconds{10};  // a busy machine is later
constexpr Micros kMostWatchdog = std::chrono::hours{24};  // to be fed more often does no harm

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
  Number value = 0;
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
  const auto owner = parse_number<pid_t>(pid);
  if (!owner) return refuse(kPid, pid, "is no process");
  if (*owner != self) return {};
  const auto sockets = parse_number<int>(count);
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

Result<std::optional<Micros>> read_watchdog(const Environment& environment, pid_t self) {
  const std::string length = variable(environment, kWatchdogLength);
  if (length.empty()) return std::nullopt;
  if (const std::string pid = variable(environment, kWatchdogPid); !pid.empty()) {
    const auto owner = parse_number<pid_t>(pid);
    if (!owner) return refuse(kWatchdogPid, pid, "is no process");
    if (*owner != self) return std::nullopt;
  }
  const auto micros = parse_number<std::uint64_t>(length);
  if (!micros) return refuse(kWatchdogLength, length, "is no number of microseconds");
  const Micros interval{std::min<std::uint64_t>(*micros, kMostWatchdog.count())};
  if (interval < kLeastWatchdog) return refuse(kWatchdogLength, length, "is less than 10 ms");
  return interval;
}

bool writes_to_journal(const Environment& environment, int fd) {
  const std::string stream = variable(environment, "JOURNAL_STREAM");

  struct stat status {};

  if (stream.empty() || ::fstat(fd, &status) != 0) return false;
  return stream == std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino);
}

std::string reloading(std::chrono::steady_clock::time_point now) {
  const auto micros = std::chrono::floor<Micros>(now.time_since_epoch());
  return "RELOADING=1\nMONOTONIC_USEC=" + std::to_string(micros.count());
}

std::string extend_timeout(Micros length) {
  return "EXTEND_TIMEOUT_USEC=" + std::to_string(length.count());
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
