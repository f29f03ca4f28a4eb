#include "daemon/settings/setting.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <utility>

#include "core/net/ip_address.h"
#include "core/text/size.h"
#include "core/text/suggestion.h"
#include "core/text/utf8.h"
#include "core/time/duration.h"
#include "daemon/http/server.h"

namespace jobsched {

namespace {

using Fault = std::optional<std::string>;

constexpr std::size_t kMinBody = 1'024;             // a document with a URL must fit
constexpr std::size_t kMaxBody = 64 * 1'048'576;    // is held in memory, by each connection
constexpr std::size_t kMaxConnections = 1'000'000;  // the most descriptors a process gets
constexpr std::size_t kMaxJobs = 1'000'000'000;     // more than a disk holds
constexpr std::size_t kMaxRequests = 1'000'000;     // more than a core can answer
constexpr std::size_t kMaxConcurrency = 65'536;     // each holds a socket, and a port per target
constexpr Millis kMinTimeout{1};
constexpr Millis kMaxTimeout = std::chrono::minutes{5};  // a slower callback should answer 202
constexpr Millis kMinBackoff{1};
constexpr Millis kMaxBackoff = std::chrono::days{7};     // longer is a lost delivery, not a backoff
constexpr std::size_t kMaxBackoffs = 19;                 // with the first attempt, 20
constexpr Millis kMaxInterval = std::chrono::days{366};  // a schedule of once a year passes it
constexpr Millis kMaxMisfire = std::chrono::days{366};
constexpr Millis kMaxDrain = std::chrono::hours{1};       // longer than any attempt takes
constexpr Millis kMaxHistory = std::chrono::days{3'660};  // ten years: for good

Fault read_number(std::string_view text, std::size_t least, std::size_t most, std::size_t& number) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  if (whole && value >= least && value <= most) {
    number = value;
    return {};
  }
  return quote(text) + " is not a number from " + std::to_string(least) + " to " +
         std::to_string(most);
}

Fault read_size(std::string_view text, std::size_t least, std::size_t most, std::size_t& size) {
  const auto value = parse_size(text);
  if (!value) return quote(text) + " is not a size: " + value.error().detail;
  if (*value < least || *value > most) {
    return quote(text) + " is not from " + format_size(least) + " to " + format_size(most);
  }
  size = *value;
  return {};
}

template <class Length>
Fault read_duration(std::string_view text, Millis least, Millis most, Length& length) {
  const auto value = parse_duration(text);
  if (!value) return quote(text) + " is not a length of time: " + value.error().detail;
  if (*value < least || *value > most) {
    return quote(text) + " is not from " + format_duration(least) + " to " + format_duration(most);
  }
  const auto whole = std::chrono::duration_cast<Length>(*value);
  if (whole != *value) return quote(text) + " is not a whole number of seconds";
  length = whole;
  return {};
}

template <class Value, std::size_t kCount>
Fault read_name(std::string_view text,
                const std::array<std::pair<std::string_view, Value>, kCount>& names,
                Value& value) {
  std::vector<std::string_view> right;
  std::string list;
  for (const auto& [name, meaning] : names) {
    if (name == text) {
      value = meaning;
      return {};
    }
    right.push_back(name);
    list += (list.empty() ? "" : right.size() == kCount ? " or " : ", ") + std::string(name);
  }
  return quote(text) + " is not " + list + did_you_mean(text, right);
}

Fault set_listen(Settings& settings, std::string_view text, const Environment&) {
  const auto address = http::parse_address(text);
  if (!address) return address.error().detail;
  settings.listen.emplace_back(text);
  return {};
}

// Whoever reaches an admin listener commands the daemon, with or without accounts.
Fault add_admin_listen(Settings& settings, std::string_view text, const Environment&) {
  const auto address = http::parse_address(text);
  if (!address) return address.error().detail;
  if (!address->is_loopback()) {
    return quote(text) +
           " can be reached from elsewhere; what admins call listens on a UNIX socket or a "
           "loopback address only";
  }
  settings.admin_listen->emplace_back(text);
  return {};
}

// Only a leading ~/ is expanded: the file is not a shell script, and $ is a legal letter of a path.
Fault read_path(std::string_view text, const Environment& environment, std::string& path) {
  if (text.empty()) return "must be the path of a file";
  if (text.find('\0') != std::string_view::npos) return "a path cannot have a NUL byte";
  if (!text.starts_with("~/")) {
    path = text;
    return {};
  }
  const auto home = environment.find("HOME");
  if (home == environment.end() || home->second.empty()) {
    return "HOME is not set, so ~/ has no meaning; write the whole path";
  }
  path = home->second + std::string(text.substr(1));
  return {};
}

Fault set_store(Settings& settings, std::string_view text, const Environment& environment) {
  if (text.find("://") != std::string_view::npos) {
    return quote(text) + " is not the path of a file, the only kind of store there is";
  }
  return read_path(text, environment, settings.store);
}

// Whether the other file is given, too, is seen when all is read.
http::TlsFiles& tls_files(Settings& settings) {
  if (!settings.tls) settings.tls.emplace();
  return *settings.tls;
}

Fault set_allow_plaintext(Settings& settings, std::string_view text, const Environment&) {
  constexpr std::array<std::pair<std::string_view, bool>, 2> kNames{
      {{"true", true}, {"false", false}}};
  return read_name(text, kNames, settings.allow_plaintext);
}

Fault add_backoff(Settings& settings, std::string_view text, const Environment&) {
  auto& delays = settings.scheduler.backoff.delays;
  if (delays.size() == kMaxBackoffs) {
    return "has more than " + std::to_string(kMaxBackoffs) + " delays; leave out the rest";
  }
  Millis delay{};
  auto fault = read_duration(text, kMinBackoff, kMaxBackoff, delay);
  if (!fault) delays.push_back(delay);
  return fault;
}

Fault set_network(Settings& settings, std::string_view text, const Environment&) {
  constexpr std::array<std::pair<std::string_view, NetworkMode>, 3> kNames{
      {{"any", NetworkMode::kAny}, {"public", NetworkMode::kPublic}, {"auto", NetworkMode::kAuto}}};
  return read_name(text, kNames, settings.network);
}

Fault add_network(std::string_view text, std::vector<IpNetwork>& networks) {
  auto network = parse_ip_network(text);
  if (!network) return network.error().detail;
  networks.push_back(*network);
  return {};
}

Fault set_log_level(Settings& settings, std::string_view text, const Environment&) {
  constexpr std::array<std::pair<std::string_view, LogLevel>, 4> kNames{
      {{"debug", LogLevel::kDebug},
       {"info", LogLevel::kInfo},
       {"warning", LogLevel::kWarning},
       {"error", LogLevel::kError}}};
  return read_name(text, kNames, settings.log_level);
}

Fault set_log_format(Settings& settings, std::string_view text, const Environment&) {
  constexpr std::array<std::pair<std::string_view, LogFormat>, 2> kNames{
      {{"text", LogFormat::kText}, {"json", LogFormat::kJson}}};
  return read_name(text, kNames, settings.log_format);
}

constexpr std::array kSettings{
    Setting{"listen", set_listen,
            [](Settings& s) {
              s.listen.clear();
              s.listen_given = true;
            }},
    Setting{"admin_listen", add_admin_listen, [](Settings& s) { s.admin_listen.emplace(); }, true},
    Setting{"store", set_store},
    Setting{"tls.cert",
            [](Settings& s, std::string_view text, const Environment& environment) {
              return read_path(text, environment, tls_files(s).cert);
            }},
    Setting{"tls.key",
            [](Settings& s, std::string_view text, const Environment& environment) {
              return read_path(text, environment, tls_files(s).key);
            }},
    Setting{"tls.allow_plaintext", set_allow_plaintext},
    Setting{"limits.data",
            [](Settings& s, std::string_view text, const Environment&) {
              return read_size(text, 1, kMaxDataBytes, s.limits.data);
            }},
    Setting{"limits.min_interval",
            [](Settings& s, std::string_view text, const Environment&) {
              return read_duration(text, Millis{0}, kMaxInterval, s.limits.min_interval);
            }},
    Setting{"limits.body",
            [](Settings& s, std::string_view text, const Environment&) {
              return read_size(text, kMinBody, kMaxBody, s.limits.body);
            }},
    Setting{"limits.connections",
            [](Settings& s, std::string_view text, const Environment&) {
              return read_number(text, 1, kMaxConnections, s.connections);
            }},
    Setting{"limits.connections_per_address",
            [](Settings& s, std::string_view text, const Environment&) {
              return read_number(text, 0, kMaxConnections, s.connections_per_address);
            }},
    Setting{"limits.jobs_per_account",
            [](Settings& s, std::string_view text, const Environment&) {
              return read_number(text, 0, kMaxJobs, s.jobs_per_account);
            }},
    Setting{"limits.requests_per_second",
            [](Settings& s, std::string_view text, const Environment&) {
              return read_number(text, 0, kMaxRequests, s.requests_per_second);
            }},
    Setting{"delivery.concurrency",
            [](Settings& s, std::string_view text, const Environment&) {
              return read_number(text, 1, kMaxConcurrency, s.scheduler.concurrency);
            }},
    Setting{"delivery.per_host",
            [](Settings& s, std::string_view text, const Environment&) {
              return read_number(text, 1, kMaxConcurrency, s.scheduler.per_host);
            }},
    Setting{"delivery.connect_timeout",
            [](Settings& s, std::string_view text, const Environment&) {
              return read_duration(text, kMinTimeout, kMaxTimeout, s.scheduler.connect_timeout);
            }},
    Setting{"delivery.timeout",
            [](Settings& s, std::string_view text, const Environment&) {
              return read_duration(text, kMinTimeout, kMaxTimeout, s.scheduler.timeout);
            }},
    Setting{"delivery.backoff", add_backoff,
            [](Settings& s) { s.scheduler.backoff.delays.clear(); }, true},
    Setting{"delivery.network", set_network},
    Setting{"delivery.allow",
            [](Settings& s, std::string_view text, const Environment&) {
              return add_network(text, s.allow);
            },
            [](Settings& s) { s.allow.clear(); }, true},
    Setting{"delivery.deny",
            [](Settings& s, std::string_view text, const Environment&) {
              return add_network(text, s.deny);
            },
            [](Settings& s) { s.deny.clear(); }, true},
    Setting{"misfire.threshold",
            [](Settings& s, std::string_view text, const Environment&) {
              return read_duration(text, Millis{0}, kMaxMisfire, s.scheduler.misfire_threshold);
            }},
    Setting{"history.keep",
            [](Settings& s, std::string_view text, const Environment&) {
              return read_duration(text, Millis{0}, kMaxHistory, s.history_keep);
            }},
    Setting{"drain",
            [](Settings& s, std::string_view text, const Environment&) {
              return read_duration(text, Millis{0}, kMaxDrain, s.drain);
            }},
    Setting{"log.level", set_log_level},
    Setting{"log.format", set_log_format},
};

}  // namespace

std::span<const Setting> all_settings() {
  return kSettings;
}

const Setting* find_setting(std::string_view key) {
  const auto setting = std::ranges::find(kSettings, key, &Setting::key);
  return setting == kSettings.end() ? nullptr : &*setting;
}

std::string variable_name(std::string_view key) {
  std::string name = "JOBSCHED_";
  for (const char c : key) {
    const bool lower = c >= 'a' && c <= 'z';
    name += c == '.' ? '_' : lower ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return name;
}

}  // namespace jobsched
