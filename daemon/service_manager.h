#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/time/instant.h"
#include "daemon/settings/settings.h"

namespace jobsched {

// What a service manager such as systemd and the daemon it starts have to say to each other.

// A socket that it listens on for the daemon, so that clients find it also while the daemon starts.
struct PassedSocket {
  int fd = -1;
  std::string name;  // the unit's FileDescriptorName, by default the name of the socket unit

  // Whether it is meant for what only admins call.
  bool is_admin() const { return name == "admin" || name == "jobsched-admin.socket"; }
};

// The sockets that the variables LISTEN_PID, LISTEN_FDS and LISTEN_FDNAMES (sd_listen_fds(3)) pass
// to the process `self`; none if they are another's. Errors: kInvalid naming the variable.
Result<std::vector<PassedSocket>> read_passed_sockets(const Environment& environment, pid_t self);

// Keeps processes that this one may start from taking its sockets for theirs. Before any thread.
void forget_passed_sockets();

// How long the daemon, the process `self`, may be silent before the service manager restarts it, by
// the variables WATCHDOG_USEC and WATCHDOG_PID (sd_watchdog_enabled(3)): from 10 ms to a day, to
// which what is longer is shortened. Absent if they are not set or another's. Errors: kInvalid
// naming the variable.
Result<std::optional<Micros>> read_watchdog(const Environment& environment, pid_t self);

// Whether what is written to `fd` goes to systemd's journal: whether the variable JOURNAL_STREAM
// (systemd.exec(5)) names the device and inode that it is open on. Of a program that redirects its
// output the variable still names the one before.
bool writes_to_journal(const Environment& environment, int fd);

// Asks the service manager to wait for so long, from now, before it takes a start or a stop for
// stuck: what a `Notifier` tells.
std::string extend_timeout(Micros length);

// Says that the settings are being read again, since `now`: what a `Notifier` tells, READY=1 being
// the answer to it.
std::string reloading(std::chrono::steady_clock::time_point now);

// Tells the service manager of changes of state (sd_notify(3)). Thread-safe.
class Notifier {
 public:
  // By NOTIFY_SOCKET; without it, nobody is told.
  explicit Notifier(const Environment& environment);

  // Whether anybody is told.
  bool is_heard() const { return !path_.empty(); }

  // E.g. "READY=1", or several lines of that kind. Never blocks; what cannot be said is not said.
  void tell(std::string_view state) const;

 private:
  std::string path_;  // an abstract one begins with @
};

}  // namespace jobsched
