#include "daemon/settings/settings.h"

#include <chrono>
#include <string>

#include <doctest/doctest.h>

#include "daemon/settings/setting.h"

namespace jobsched {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

const Environment kHome{{"HOME", "/home/ann"}};

SettingsResult from_yaml(std::string_view yaml) {
  return read_settings({{"jobsched.yaml", std::string(yaml)}}, kHome, {});
}

SettingsResult from_environment(Environment environment) {
  return read_settings({}, environment, {});
}

std::string listed(const std::vector<SettingsFault>& faults) {
  std::string text;
  for (const auto& [place, message] : faults)
    text += place + ": " + message + "\n";
  return text;
}

std::string listed(const std::vector<IpNetwork>& networks) {
  std::string text;
  for (const IpNetwork& network : networks)
    text += format_ip_network(network) + " ";
  return text;
}

}  // namespace

TEST_CASE("without any source the settings are the documented defaults") {
  const auto [settings, faults, origins] = read_settings({}, kHome, {});
  CHECK(faults.empty());
  CHECK(origins.empty());
  CHECK(settings.listen == std::vector<std::string>{"127.0.0.1:7243"});
  CHECK_FALSE(settings.admin_listen);
  CHECK(settings.admin_address == "unix:/run/jobsched/admin.sock");
  CHECK(settings.store == "/home/ann/.local/state/jobsched/jobs.db");
  CHECK_FALSE(settings.tls);
  CHECK_FALSE(settings.allow_plaintext);
  CHECK(settings.limits.data == 2'048);
  CHECK(settings.limits.min_interval == minutes{10});
  CHECK(settings.limits.body == 1'048'576);
  CHECK(settings.connections == 10'000);
  CHECK(settings.connections_per_address == 1'000);
  CHECK(settings.drain == seconds{30});
  CHECK(settings.jobs_per_account == 0);
  CHECK(settings.requests_per_second == 0);
  CHECK(settings.scheduler.concurrency == 1'024);
  CHECK(settings.scheduler.per_host == 64);
  CHECK(settings.scheduler.connect_timeout == seconds{10});
  CHECK(settings.scheduler.timeout == seconds{30});
  CHECK(settings.scheduler.backoff.delays ==
        std::vector<Millis>{seconds{5}, seconds{30}, minutes{2}, minutes{10}, minutes{30}, hours{2},
                            hours{5}, hours{10}});
  CHECK(settings.network == NetworkMode::kAuto);
  CHECK(settings.allow.empty());
  CHECK(settings.deny.empty());
  CHECK(settings.scheduler.misfire_threshold == minutes{1});
  CHECK(settings.history_keep == std::chrono::days{30});
  CHECK(settings.log_level == LogLevel::kInfo);
  CHECK(settings.log_format == LogFormat::kText);
}

TEST_CASE("a file can set everything") {
  const auto [settings, faults, origins] = from_yaml(R"(
listen: ["127.0.0.1:80", "[::1]:80", "unix:/run/jobsched.sock"]
admin_listen: ["unix:/run/admin.sock", "127.0.0.1:81"]
store: ~/jobs.db
tls: {cert: ~/cert.pem, key: /etc/key.pem, allow_plaintext: true}
limits: {data: 1MiB, min_interval: 1s, body: 64KiB, connections: 7, connections_per_address: 0,
  jobs_per_account: 100, requests_per_second: 50}
delivery:
  concurrency: 3
  per_host: 2
  connect_timeout: 250ms
  timeout: 1m30s
  backoff: [1s, 2m]
  network: public
  allow: [10.0.0.0/8, "fd00::/8"]
  deny: 10.0.0.1
misfire: {threshold: 5m}
history: {keep: 0s}
drain: 500ms
log: {level: debug, format: json}
)");
  CHECK(listed(faults).empty());
  CHECK(settings.listen ==
        std::vector<std::string>{"127.0.0.1:80", "[::1]:80", "unix:/run/jobsched.sock"});
  CHECK(settings.admin_listen == std::vector<std::string>{"unix:/run/admin.sock", "127.0.0.1:81"});
  CHECK(settings.store == "/home/ann/jobs.db");
  REQUIRE(settings.tls);
  CHECK(settings.tls->cert == "/home/ann/cert.pem");
  CHECK(settings.tls->key == "/etc/key.pem");
  CHECK(settings.allow_plaintext);
  CHECK(settings.limits.data == 1'048'576);
  CHECK(settings.limits.min_interval == seconds{1});
  CHECK(settings.limits.body == 65'536);
  CHECK(settings.connections == 7);
  CHECK(settings.connections_per_address == 0);
  CHECK(settings.drain == Millis{500});
  CHECK(settings.jobs_per_account == 100);
  CHECK(settings.requests_per_second == 50);
  CHECK(settings.scheduler.concurrency == 3);
  CHECK(settings.scheduler.per_host == 2);
  CHECK(settings.scheduler.connect_timeout == Millis{250});
  CHECK(settings.scheduler.timeout == seconds{90});
  CHECK(settings.scheduler.backoff.delays == std::vector<Millis>{seconds{1}, minutes{2}});
  CHECK(settings.network == NetworkMode::kPublic);
  CHECK(listed(settings.allow) == "10.0.0.0/8 fd00::/8 ");
  CHECK(listed(settings.deny) == "10.0.0.1/32 ");
  CHECK(settings.scheduler.misfire_threshold == minutes{5});
  CHECK(settings.history_keep == Millis{0});
  CHECK(settings.log_level == LogLevel::kDebug);
  CHECK(settings.log_format == LogFormat::kJson);
}

TEST_CASE("files that say nothing are right") {
  for (const std::string text :
       {"", "\n", "# nothing\n", "---\n", "{}", "limits:\n  # data: 1\n"}) {
    CAPTURE(text);
    CHECK(listed(from_yaml(text).faults).empty());
  }
}

TEST_CASE("forms that a value may have") {
  CHECK(from_yaml("listen: localhost:1").settings.listen ==
        std::vector<std::string>{"localhost:1"});
  CHECK(from_yaml("limits: {data: \"64\"}").settings.limits.data == 64);
  CHECK(from_yaml("store: $HOME/x").settings.store == "$HOME/x");
  CHECK(from_yaml("store: a~/x").settings.store == "a~/x");
  const auto no_retries = from_yaml("delivery: {backoff: []}");
  CHECK(listed(no_retries.faults).empty());
  CHECK(no_retries.settings.scheduler.backoff.delays.empty());
  const auto no_admins = from_yaml("admin_listen: []");
  CHECK(listed(no_admins.faults).empty());
  CHECK(no_admins.settings.admin_listen == std::vector<std::string>{});
  CHECK(listed(from_yaml("delivery: {allow: [], deny: []}").faults).empty());
}

TEST_CASE("every fault of a file is reported with its place and what to do") {
  struct Row {
    std::string_view yaml;
    std::string_view faults;  // a part of them
  };

  constexpr Row kRows[] = {
      // keys
      {"lsten: x", "jobsched.yaml:1:1: unknown key \"lsten\"; did you mean \"listen\"?\n"},
      {"limits:\n  dat: 1",
       "jobsched.yaml:2:3: unknown key \"dat\" in \"limits\"; did you mean \"data\"?\n"},
      {"concurrency: 1",
       "jobsched.yaml:1:1: unknown key \"concurrency\"; did you mean \"delivery.concurrency\"?\n"},
      {"limits.data: 1", "jobsched.yaml:1:1: unknown key \"limits.data\""},
      {"frobnicate: 1", "jobsched.yaml:1:1: unknown key \"frobnicate\"\n"},
      {"admin_port: 1", "unknown key \"admin_port\""},
      {"tls: {crt: x}", "1:7: unknown key \"crt\" in \"tls\"; did you mean \"cert\"?\n"},
      {"archive: {keep: 1d}", "unknown key \"archive\""},
      {"limits: {jobs_per_acount: 1}",
       "unknown key \"jobs_per_acount\" in \"limits\"; did you mean \"jobs_per_account\"?"},
      {"store: a\nstore: b",
       "jobsched.yaml:2:1: duplicate key \"store\"; the first is in line 1\n"},
      {"log: {level: info}\nlog: {}", "2:1: duplicate key \"log\""},
      {"log: {level: info, level: info}", "1:20: duplicate key \"level\""},
      {"[a]: 1", "jobsched.yaml:1:1: a key must be a word\n"},
      // shapes
      {"- a", "jobsched.yaml:1:1: the file must be a map of settings\n"},
      {"limits: 3", "1:9: \"limits\" must be a map of settings\n"},
      {"store: [a, b]", "1:8: store: takes a single value\n"},
      {"store: {a: b}", "1:8: store: takes a single value\n"},
      {"store:", "1:1: store: has no value; give one or leave the key out\n"},
      {"listen: {a: b}", "1:9: listen: takes a value or a list of values\n"},
      {"listen: [[a]]", "1:10: listen: is a list of single values\n"},
      {"listen: []", "1:1: listen: needs at least one value\n"},
      {"a: b: c", "jobsched.yaml:1:5: this is not YAML: "},
      {"store: a\n---\nstore: b", "there is a second document; only one is read\n"},
      // values
      {"listen: [\"localhost:1\", nowhere]", "jobsched.yaml:1:25: "},
      {"admin_listen: [\"unix:/a\", \"192.0.2.1:80\"]",
       "1:27: admin_listen: \"192.0.2.1:80\" can be reached from elsewhere; what admins call"},
      {"admin_listen: nowhere", "1:15: admin_listen: the address \"nowhere\" cannot be used"},
      {"store: mysql://ann:secret@x",
       "1:8: store: \"mysql://…\" is no store; give the path of a file, or postgresql://"},
      {"store: ''", "1:8: store: must be the path of a file\n"},
      {"tls: {cert: c.pem}",
       "1:7: tls.cert is given without tls.key; give both files, or neither\n"},
      {"tls:\n  key: k.pem",
       "2:3: tls.key is given without tls.cert; give both files, or neither\n"},
      {"tls: {cert: '', key: k.pem}", "1:13: tls.cert: must be the path of a file\n"},
      {"tls: {allow_plaintext: yes}", "1:24: tls.allow_plaintext: \"yes\" is not true or false\n"},
      {"limits: {data: 0}", "1:16: limits.data: \"0\" is not from 1 to 1MiB\n"},
      {"limits: {data: 1025KiB}", "\"1025KiB\" is not from 1 to 1MiB\n"},
      {"limits: {data: 64kB}",
       "\"64kB\" is not a size: \"kB\" is no unit of size; write B, KiB, MiB or GiB\n"},
      {"limits: {min_interval: 1500ms}",
       "1:24: limits.min_interval: \"1500ms\" is not a whole number of seconds\n"},
      {"limits: {min_interval: soon}",
       "1:24: limits.min_interval: \"soon\" is not a length of time: "},
      {"limits: {body: 10}", "\"10\" is not from 1KiB to 64MiB\n"},
      {"limits: {connections: 0}", "\"0\" is not a number from 1 to 1000000\n"},
      {"limits: {jobs_per_account: -1}", "\"-1\" is not a number from 0 to 1000000000\n"},
      {"limits: {requests_per_second: many}", "\"many\" is not a number from 0 to 1000000\n"},
      {"limits: {connections: 1.5}", "\"1.5\" is not a number from 1 to 1000000\n"},
      {"limits: {connections_per_address: -1}", "\"-1\" is not a number from 0 to 1000000\n"},
      {"drain: 2h", "1:8: drain: \"2h\" is not from 0s to 1h\n"},
      {"delivery: {concurrency: -1}", "\"-1\" is not a number from 1 to 65536\n"},
      {"delivery: {per_host: many}", "\"many\" is not a number"},
      {"delivery: {timeout: 0s}", "\"0s\" is not from 1ms to 5m\n"},
      {"delivery: {connect_timeout: 6m}", "\"6m\" is not from 1ms to 5m\n"},
      {"delivery: {backoff: [1s, x, 0s]}",
       "1:26: delivery.backoff: \"x\" is not a length of time: "},
      {"delivery: {backoff: [1s, x, 0s]}",
       "1:29: delivery.backoff: \"0s\" is not from 1ms to 7d\n"},
      {"history: {keep: 20000d}", "\"20000d\" is not from 0s to 3660d\n"},
      {"delivery: {network: private}",
       "1:21: delivery.network: \"private\" is not any, public or auto\n"},
      {"delivery: {allow: [10.0.0.0/8, intranet]}",
       "1:32: delivery.allow: \"intranet\" is not an IP address or network; write one like"},
      {"delivery: {deny: 10.0.0.1/8}",
       "1:18: delivery.deny: \"10.0.0.1/8\" may be meant in two ways; write 10.0.0.0/8 for the "
       "network, or 10.0.0.1 for the address\n"},
      {"misfire: {threshold: 1000d}", "\"1000d\" is not from 0s to 366d\n"},
      {"log: {level: warn}",
       "\"warn\" is not debug, info, warning or error; did you mean \"warning\"?\n"},
      {"log: {format: xml}", "\"xml\" is not text or json\n"},
      // all of them
      {"x1: 1\nlog: {level: loud}\nstore: [a]", ":1:1: "},
      {"x1: 1\nlog: {level: loud}\nstore: [a]", ":2:14: "},
      {"x1: 1\nlog: {level: loud}\nstore: [a]", ":3:8: "},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.yaml);
    const std::string faults = listed(from_yaml(row.yaml).faults);
    CAPTURE(faults);
    CHECK(faults.find(row.faults) != std::string::npos);
  }
}

TEST_CASE("there are at most nineteen backoffs, for twenty attempts") {
  std::string delays = "1s";
  for (int i = 1; i < 19; ++i)
    delays += ", 1s";
  CHECK(from_yaml("delivery: {backoff: [" + delays + "]}").faults.empty());
  const auto faults = from_yaml("delivery: {backoff: [" + delays + ", 1s]}").faults;
  CHECK(listed(faults).find("has more than 19 delays") != std::string::npos);
}

TEST_CASE("a leading ~/ is the home directory, if there is one") {
  const auto result = read_settings({{"f", "store: ~/x"}}, {}, {});
  CHECK(listed(result.faults) ==
        "f:1:8: store: HOME is not set, so ~/ has no meaning; write the whole path\n");
}

TEST_CASE("every setting has a variable") {
  CHECK(variable_name("listen") == "JOBSCHED_LISTEN");
  CHECK(variable_name("limits.min_interval") == "JOBSCHED_LIMITS_MIN_INTERVAL");
  for (const Setting& setting : all_settings()) {
    CAPTURE(setting.key);
    // No value is right for all, but each is asked about this one.
    const auto faults = from_environment({{variable_name(setting.key), "\x01://"}}).faults;
    REQUIRE(faults.size() == 1);
    CHECK(faults[0].place == variable_name(setting.key));
    CHECK(faults[0].message.find("unknown") == std::string::npos);
  }
}

TEST_CASE("variables take lists with commas") {
  const auto [settings, faults, origins] =
      from_environment({{"JOBSCHED_LISTEN", "localhost:1, unix:/a"},
                        {"JOBSCHED_ADMIN_LISTEN", "unix:/b,localhost:2"},
                        {"JOBSCHED_DELIVERY_BACKOFF", "1s,2s"},
                        {"JOBSCHED_DELIVERY_ALLOW", "10.0.0.0/8, ::1"}});
  CHECK(listed(faults).empty());
  CHECK(settings.listen == std::vector<std::string>{"localhost:1", "unix:/a"});
  CHECK(settings.admin_listen == std::vector<std::string>{"unix:/b", "localhost:2"});
  CHECK(settings.scheduler.backoff.delays == std::vector<Millis>{seconds{1}, seconds{2}});
  CHECK(listed(settings.allow) == "10.0.0.0/8 ::1/128 ");
}

TEST_CASE("variables of the prefix that mean nothing are faults") {
  struct Row {
    std::string_view name;
    std::string_view value;
    std::string_view fault;  // empty: none
  };

  constexpr Row kRows[] = {
      {"JOBSCHED_SERVER", "x", ""},
      {"JOBSCHED_CACERT", "x", ""},
      {"JOBSCHED_KEY_FILE", "x", ""},
      {"JOBSCHED_OUTPUT", "x", ""},
      {"JOBSCHED_SECRET", "x", ""},
      {"JOBSCHEDULER", "x", ""},
      {"PATH", "x", ""},
      {"JOBSCHED_LOG_LEVEL", "debug", ""},
      {"JOBSCHED_LSTEN", "x",
       "JOBSCHED_LSTEN: unknown variable; did you mean \"JOBSCHED_LISTEN\"?\n"},
      {"JOBSCHED_DATA", "1", "JOBSCHED_DATA: unknown variable"},
      {"JOBSCHED_STORE", "", "JOBSCHED_STORE: is empty; give it a value or unset it\n"},
      {"JOBSCHED_LOG_LEVEL", "loud",
       "JOBSCHED_LOG_LEVEL: \"loud\" is not debug, info, warning or error\n"},
      {"JOBSCHED_LISTEN", "localhost:1,", "JOBSCHED_LISTEN: "},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.name);
    const std::string faults =
        listed(from_environment({{std::string(row.name), std::string(row.value)}}).faults);
    CAPTURE(faults);
    CHECK(faults.empty() == row.fault.empty());
    CHECK(faults.find(row.fault) != std::string::npos);
  }
}

TEST_CASE("flags beat variables, which beat the file, which beats the defaults") {
  const std::string yaml = "listen: localhost:1\nstore: file.db\nlog: {level: error}";
  Environment environment{{"JOBSCHED_LISTEN", "localhost:2"}, {"JOBSCHED_STORE", "variable.db"}};
  const SettingsFlags flags{{"localhost:3", "localhost:4"}, "flag.db"};

  const auto file = read_settings({{"f", yaml}}, {}, {}).settings;
  CHECK(file.listen == std::vector<std::string>{"localhost:1"});
  CHECK(file.store == "file.db");
  CHECK(file.log_level == LogLevel::kError);

  const auto variable = read_settings({{"f", yaml}}, environment, {}).settings;
  CHECK(variable.listen == std::vector<std::string>{"localhost:2"});
  CHECK(variable.store == "variable.db");

  const auto flag = read_settings({{"f", yaml}}, environment, flags).settings;
  CHECK(flag.listen == std::vector<std::string>{"localhost:3", "localhost:4"});
  CHECK(flag.store == "flag.db");
  CHECK(flag.log_level == LogLevel::kError);
}

TEST_CASE("faults of flags name the flag, and a fault that is overridden is still one") {
  const auto result =
      read_settings({{"f", "store: ''"}}, {}, {{"nowhere"}, std::string("http://x")});
  const std::string faults = listed(result.faults);
  CHECK(faults.find("f:1:8: ") != std::string::npos);
  CHECK(faults.find("--listen: ") != std::string::npos);
  CHECK(faults.find("--store: ") != std::string::npos);
}

TEST_CASE("where callbacks may go follows from who may add jobs") {
  struct Row {
    NetworkMode mode;
    std::vector<std::string> listen;
    bool has_accounts;
    bool public_only;
  };

  const Row rows[] = {
      {NetworkMode::kAuto, {"127.0.0.1:1"}, false, false},
      {NetworkMode::kAuto, {"[::1]:1", "unix:/a", "localhost:1"}, false, false},
      {NetworkMode::kAuto, {"127.0.0.1:1"}, true, true},
      {NetworkMode::kAuto, {"127.0.0.1:1", "0.0.0.0:1"}, false, true},
      {NetworkMode::kAuto, {"192.0.2.1:1"}, false, true},
      {NetworkMode::kAuto, {"example.com:1"}, false, true},
      {NetworkMode::kAny, {"0.0.0.0:1"}, true, false},
      {NetworkMode::kPublic, {"127.0.0.1:1"}, false, true},
  };
  for (const Row& row : rows) {
    CAPTURE(row.listen);
    Settings settings;
    settings.network = row.mode;
    settings.listen = row.listen;
    CHECK(network_rules(settings, row.has_accounts).public_only == row.public_only);
  }
  Settings lists;
  lists.allow = {*parse_ip_network("10.0.0.0/8")};
  lists.deny = {*parse_ip_network("10.0.0.1")};
  CHECK(network_rules(lists, false).allow == lists.allow);
  CHECK(network_rules(lists, false).deny == lists.deny);
}

TEST_CASE("the default admin socket is in the runtime directory") {
  CHECK(default_admin_address({{"XDG_RUNTIME_DIR", "/run/user/7"}}) ==
        "unix:/run/user/7/jobsched/admin.sock");
  CHECK(default_admin_address({{"XDG_RUNTIME_DIR", "relative"}}) ==
        "unix:/run/jobsched/admin.sock");
  CHECK(default_admin_address({}) == "unix:/run/jobsched/admin.sock");
}

TEST_CASE("the two files of TLS may come from two sources") {
  const auto result = read_settings({{"f", "tls: {cert: c}"}}, {{"JOBSCHED_TLS_KEY", "k"}}, {});
  CHECK(listed(result.faults).empty());
  CHECK(result.settings.tls->cert == "c");
  CHECK(result.settings.tls->key == "k");
}

TEST_CASE("the default store is in the state directory") {
  CHECK(default_store_path({{"XDG_STATE_HOME", "/s"}, {"HOME", "/h"}}) == "/s/jobsched/jobs.db");
  CHECK(default_store_path({{"XDG_STATE_HOME", "relative"}, {"HOME", "/h"}}) ==
        "/h/.local/state/jobsched/jobs.db");
  CHECK(default_store_path({{"XDG_STATE_HOME", ""}, {"HOME", "/h"}}) ==
        "/h/.local/state/jobsched/jobs.db");
  CHECK(default_store_path({}) == "/var/lib/jobsched/jobs.db");
  CHECK(default_store_path({{"HOME", ""}}) == "/var/lib/jobsched/jobs.db");
}

}  // namespace jobsched
