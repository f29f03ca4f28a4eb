#include "daemon/settings/setting.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <string>

#include "core/net/ip_address.h"
#include "core/text/size.h"
#include "core/text/utf8.h"
#include "core/time/duration.h"
#include "daemon/http/server.h"
#include "daemon/settings/value.h"
#include "daemon/store/store_address.h"

namespace jobsched {

namespace {

using Fault = ValueFault;

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

constexpr ValueNames<bool, 2> kTruths{{{"true", true}, {"false", false}}};
constexpr ValueNames<NetworkMode, 3> kNetworkModes{
    {{"any", NetworkMode::kAny}, {"public", NetworkMode::kPublic}, {"auto", NetworkMode::kAuto}}};
constexpr ValueNames<LogLevel, 4> kLogLevels{{{"debug", LogLevel::kDebug},
                                              {"info", LogLevel::kInfo},
                                              {"warning", LogLevel::kWarning},
                                              {"error", LogLevel::kError}}};
constexpr ValueNames<LogFormat, 2> kLogFormats{
    {{"text", LogFormat::kText}, {"json", LogFormat::kJson}}};

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

Fault set_store(Settings& settings, std::string_view text, const Environment& environment) {
  if (is_database(text)) {
    settings.store = text;
    return {};
  }
  // What follows may hold a password.
  if (const auto scheme = text.find("://"); scheme != std::string_view::npos) {
    return quote(std::string(text.substr(0, scheme)) + "://…") +
           " is no store; give the path of a file, or postgresql://USER@HOST/DATABASE";
  }
  return read_path(text, environment, settings.store);
}

// Whether the other file is given, too, is seen when all is read.
http::TlsFiles& tls_files(Settings& settings) {
  if (!settings.tls) settings.tls.emplace();
  return *settings.tls;
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

Fault add_network(std::string_view text, std::vector<IpNetwork>& networks) {
  auto network = parse_ip_network(text);
  if (!network) return network.error().detail;
  networks.push_back(*network);
  return {};
}

SettingValues one(std::string_view text) {
  return {std::string(text)};
}

SettingValues one(std::size_t number) {
  return {std::to_string(number)};
}

SettingValues one(Millis length) {
  return {format_duration(length)};
}

SettingValues all_of(const std::vector<IpNetwork>& networks) {
  SettingValues texts;
  for (const IpNetwork& network : networks)
    texts.push_back(format_ip_network(network));
  return texts;
}

SettingValues get_admin_listen(const Settings& settings) {
  return settings.admin_listen.value_or(SettingValues{settings.admin_address});
}

// None while the setting was not given.
SettingValues get_tls(const Settings& settings, std::string http::TlsFiles::*path) {
  if (!settings.tls || (*settings.tls.*path).empty()) return {};
  return one(*settings.tls.*path);
}

SettingValues get_backoff(const Settings& settings) {
  SettingValues texts;
  for (const Millis delay : settings.scheduler.backoff.delays)
    texts.push_back(format_duration(delay));
  return texts;
}

constexpr std::array kSettings{
    Setting{.key = "listen",
            .set = set_listen,
            .get = [](const Settings& s) { return SettingValues(s.listen); },
            .clear =
                [](Settings& s) {
                  s.listen.clear();
                  s.listen_given = true;
                },
            .effect = Effect::kAtRestart},
    Setting{.key = "admin_listen",
            .set = add_admin_listen,
            .get = get_admin_listen,
            .clear = [](Settings& s) { s.admin_listen.emplace(); },
            .may_be_empty = true,
            .effect = Effect::kAtRestart},
    Setting{.key = "store",
            .set = set_store,
            .get = [](const Settings& s) { return one(shown_address(s.store)); },
            .effect = Effect::kAtRestart},
    Setting{.key = "tls.cert",
            .set =
                [](Settings& s, std::string_view text, const Environment& environment) {
                  return read_path(text, environment, tls_files(s).cert);
                },
            .get = [](const Settings& s) { return get_tls(s, &http::TlsFiles::cert); }},
    Setting{.key = "tls.key",
            .set =
                [](Settings& s, std::string_view text, const Environment& environment) {
                  return read_path(text, environment, tls_files(s).key);
                },
            .get = [](const Settings& s) { return get_tls(s, &http::TlsFiles::key); }},
    Setting{.key = "tls.allow_plaintext",
            .set = [](Settings& s,
                      std::string_view text,
                      const Environment&) { return read_name(text, kTruths, s.allow_plaintext); },
            .get = [](const Settings& s) { return one(name_of(s.allow_plaintext, kTruths)); }},
    Setting{.key = "limits.data",
            .set =
                [](Settings& s, std::string_view text, const Environment&) {
                  return read_size(text, 1, kMaxDataBytes, s.limits.data);
                },
            .get = [](const Settings& s) { return one(format_size(s.limits.data)); }},
    Setting{.key = "limits.min_interval",
            .set =
                [](Settings& s, std::string_view text, const Environment&) {
                  return read_duration(text, Millis{0}, kMaxInterval, s.limits.min_interval);
                },
            .get = [](const Settings& s) { return one(s.limits.min_interval); }},
    Setting{.key = "limits.body",
            .set =
                [](Settings& s, std::string_view text, const Environment&) {
                  return read_size(text, kMinBody, kMaxBody, s.limits.body);
                },
            .get = [](const Settings& s) { return one(format_size(s.limits.body)); }},
    Setting{.key = "limits.connections",
            .set =
                [](Settings& s, std::string_view text, const Environment&) {
                  return read_number(text, 1, kMaxConnections, s.connections);
                },
            .get = [](const Settings& s) { return one(s.connections); }},
    Setting{.key = "limits.connections_per_address",
            .set =
                [](Settings& s, std::string_view text, const Environment&) {
                  return read_number(text, 0, kMaxConnections, s.connections_per_address);
                },
            .get = [](const Settings& s) { return one(s.connections_per_address); }},
    Setting{.key = "limits.jobs_per_account",
            .set =
                [](Settings& s, std::string_view text, const Environment&) {
                  return read_number(text, 0, kMaxJobs, s.jobs_per_account);
                },
            .get = [](const Settings& s) { return one(s.jobs_per_account); }},
    Setting{.key = "limits.requests_per_second",
            .set =
                [](Settings& s, std::string_view text, const Environment&) {
                  return read_number(text, 0, kMaxRequests, s.requests_per_second);
                },
            .get = [](const Settings& s) { return one(s.requests_per_second); }},
    Setting{.key = "delivery.concurrency",
            .set =
                [](Settings& s, std::string_view text, const Environment&) {
                  return read_number(text, 1, kMaxConcurrency, s.scheduler.concurrency);
                },
            .get = [](const Settings& s) { return one(s.scheduler.concurrency); }},
    Setting{.key = "delivery.per_host",
            .set =
                [](Settings& s, std::string_view text, const Environment&) {
                  return read_number(text, 1, kMaxConcurrency, s.scheduler.per_host);
                },
            .get = [](const Settings& s) { return one(s.scheduler.per_host); }},
    Setting{.key = "delivery.connect_timeout",
            .set =
                [](Settings& s, std::string_view text, const Environment&) {
                  return read_duration(text, kMinTimeout, kMaxTimeout, s.scheduler.connect_timeout);
                },
            .get = [](const Settings& s) { return one(s.scheduler.connect_timeout); }},
    Setting{.key = "delivery.timeout",
            .set =
                [](Settings& s, std::string_view text, const Environment&) {
                  return read_duration(text, kMinTimeout, kMaxTimeout, s.scheduler.timeout);
                },
            .get = [](const Settings& s) { return one(s.scheduler.timeout); }},
    Setting{.key = "delivery.backoff",
            .set = add_backoff,
            .get = get_backoff,
            .clear = [](Settings& s) { s.scheduler.backoff.delays.clear(); },
            .may_be_empty = true},
    Setting{.key = "delivery.network",
            .set = [](Settings& s,
                      std::string_view text,
                      const Environment&) { return read_name(text, kNetworkModes, s.network); },
            .get = [](const Settings& s) { return one(name_of(s.network, kNetworkModes)); }},
    Setting{.key = "delivery.allow",
            .set = [](Settings& s,
                      std::string_view text,
                      const Environment&) { return add_network(text, s.allow); },
            .get = [](const Settings& s) { return all_of(s.allow); },
            .clear = [](Settings& s) { s.allow.clear(); },
            .may_be_empty = true},
    Setting{.key = "delivery.deny",
            .set = [](Settings& s,
                      std::string_view text,
                      const Environment&) { return add_network(text, s.deny); },
            .get = [](const Settings& s) { return all_of(s.deny); },
            .clear = [](Settings& s) { s.deny.clear(); },
            .may_be_empty = true},
    Setting{.key = "misfire.threshold",
            .set =
                [](Settings& s, std::string_view text, const Environment&) {
                  return read_duration(text, Millis{0}, kMaxMisfire, s.scheduler.misfire_threshold);
                },
            .get = [](const Settings& s) { return one(s.scheduler.misfire_threshold); }},
    Setting{.key = "history.keep",
            .set =
                [](Settings& s, std::string_view text, const Environment&) {
                  return read_duration(text, Millis{0}, kMaxHistory, s.history_keep);
                },
            .get = [](const Settings& s) { return one(s.history_keep); }},
    Setting{.key = "drain",
            .set =
                [](Settings& s, std::string_view text, const Environment&) {
                  return read_duration(text, Millis{0}, kMaxDrain, s.drain);
                },
            .get = [](const Settings& s) { return one(s.drain); }},
    Setting{.key = "log.level",
            .set = [](Settings& s,
                      std::string_view text,
                      const Environment&) { return read_name(text, kLogLevels, s.log_level); },
            .get = [](const Settings& s) { return one(name_of(s.log_level, kLogLevels)); }},
    Setting{.key = "log.format",
            .set = [](Settings& s,
                      std::string_view text,
                      const Environment&) { return read_name(text, kLogFormats, s.log_format); },
            .get = [](const Settings& s) { return one(name_of(s.log_format, kLogFormats)); }},
};

}  // namespace

std::string_view Setting::section() const {
  const auto dot = key.find('.');
  return dot == std::string_view::npos ? std::string_view{} : key.substr(0, dot);
}

std::string_view Setting::name() const {
  return key.substr(section().empty() ? 0 : section().size() + 1);
}

std::span<const Setting> all_settings() {
  return kSettings;
}

std::vector<std::string_view> changed_settings(const Settings& before,
                                               const Settings& after,
                                               Effect effect) {
  std::vector<std::string_view> keys;
  for (const Setting& setting : kSettings) {
    if (setting.effect == effect && setting.get(before) != setting.get(after)) {
      keys.push_back(setting.key);
    }
  }
  return keys;
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
