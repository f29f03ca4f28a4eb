#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/environment.h"
#include "core/error.h"
#include "core/limits.h"
#include "core/net/network_rules.h"
#include "daemon/engine/scheduler.h"
#include "daemon/http/tls_identity.h"

namespace jobsched {

enum class LogLevel { kDebug, kInfo, kWarning, kError };
enum class LogFormat { kText, kJson };

// Where callbacks may go; kAuto is decided on by `network_rules`.
enum class NetworkMode { kAny, kPublic, kAuto };

// What `jobsched serve` can be told, with the defaults.
struct Settings {
  std::vector<std::string> listen{"127.0.0.1:7243"};
  // Absent unless it was set: then that of `admin_address` if it can be had.
  std::optional<std::vector<std::string>> admin_listen = {};
  std::string admin_address;  // the default of admin_listen, see `default_admin_address`
  bool listen_given = false;  // else sockets of the service manager take its place
  std::string store;  // a path, or a URI that may have a password (daemon/store/store_address.h);
                      // the default depends on the environment, see `default_store_path`
  std::optional<http::TlsFiles> tls;  // tls.cert, tls.key
  bool allow_plaintext = false;       // tls.allow_plaintext
  Limits limits;
  std::size_t connections = 10'000;             // limits.connections
  std::size_t connections_per_address = 1'000;  // limits.connections_per_address; 0: any number
  Millis drain = std::chrono::seconds{30};
  std::size_t jobs_per_account = 0;             // limits.jobs_per_account; 0: any number
  std::size_t requests_per_second = 0;          // limits.requests_per_second, of an account; 0: any
  SchedulerSettings scheduler;                  // delivery.*, misfire.*
  NetworkMode network = NetworkMode::kAuto;     // delivery.network
  std::vector<IpNetwork> allow;                 // delivery.allow
  std::vector<IpNetwork> deny;                  // delivery.deny
  Millis history_keep = std::chrono::days{30};  // history.keep
  LogLevel log_level = LogLevel::kInfo;
  LogFormat log_format = LogFormat::kText;
  std::string zoneinfo;  // the directory of the time zones: $TZDIR or the system's
};

// A fault in the settings, with its place: "file:line:col", "JOBSCHED_LISTEN" or "--listen".
struct SettingsFault {
  std::string place;
  std::string message;
};

// What the command line gives; a flag beats everything.
struct SettingsFlags {
  std::vector<std::string> listen;
  std::optional<std::string> store;
};

// A settings file; its name is for the places of faults.
struct SettingsText {
  std::string name;
  std::string yaml;
};

struct SettingsResult {
  Settings settings;
  std::vector<SettingsFault> faults;
  // Where each setting was given last, by its key: "file:line", a variable or a flag. Those with
  // their defaults are not in it.
  std::map<std::string, std::string, std::less<>> origins;
};

// Reads the settings of files, the JOBSCHED_* variables and the flags, in rising order of
// precedence, over the defaults; of two files the later one wins, setting by setting. Strict:
// unknown keys (the nearest right one is named), keys that a file has twice, wrong types and values
// out of range are faults, also of what is overridden, and every fault is reported.
SettingsResult read_settings(const std::vector<SettingsText>& files,
                             const Environment& environment,
                             const SettingsFlags& flags);

// Whether every address that the daemon listens on is of this machine only.
bool listens_locally(const Settings& settings);

// Where callbacks may go by these settings. By kAuto that is anywhere while nobody from elsewhere
// can add jobs, the daemon having no accounts and listening on this machine only; else public
// addresses.
NetworkRules network_rules(const Settings& settings, bool has_accounts);

// $XDG_STATE_HOME/jobsched/jobs.db, or ~/.local/state/jobsched/jobs.db, or, without a HOME,
// /var/lib/jobsched/jobs.db.
std::string default_store_path(const Environment& environment);

}  // namespace jobsched
