#include "daemon/reload.h"

#include <filesystem>
#include <fstream>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "daemon/settings/setting.h"
#include "tests/support/temporary_directory.h"

namespace jobsched {

namespace {

using Keys = std::vector<std::string_view>;

Settings settings_of(const std::string& yaml) {
  const SettingsResult result = read_settings({{"f", yaml}}, {}, {});
  REQUIRE(result.faults.empty());
  return result.settings;
}

// A daemon that only notes what it is to go by.
class Rig {
 public:
  explicit Rig(const std::string& yaml, SettingsFlags flags = {}, Environment environment = {})
      : source_{path(), std::move(environment), std::move(flags)} {
    write("jobsched.yaml", yaml);
    reload_.emplace(source_, read_settings(source_).settings, [this](const Settings& settings) {
      if (!refusal.empty()) return Result<void>(fail(ErrorKind::kInvalid, refusal));
      applied.push_back(settings);
      return Result<void>();
    });
  }

  void write(const std::string& name, const std::string& text) const {
    const std::filesystem::path file = folder_ / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text;
  }

  std::string path(const std::string& name = "jobsched.yaml") const { return folder_ / name; }

  void remove(const std::string& name) const { std::filesystem::remove(path(name)); }

  // The keys that were applied, and those that wait: "limits.data | store". Or the error.
  std::string read_again() {
    const auto changes = reload_->read_again();
    if (!changes) return changes.error().detail;
    return list(changes->applied) + "|" + list(changes->waiting);
  }

  std::string read_again(const std::string& yaml) {
    write("jobsched.yaml", yaml);
    return read_again();
  }

  std::vector<Settings> applied;
  std::string refusal;  // why the daemon does not take them, if it does not

 private:
  static std::string list(const Keys& keys) {
    std::string text;
    for (const std::string_view key : keys)
      text.append(text.empty() ? "" : " ").append(key);
    return text;
  }

  testing::TemporaryDirectory folder_;
  SettingsSource source_;
  std::optional<Reload> reload_;
};

}  // namespace

TEST_CASE("a difference of any setting is noticed, and only of that one") {
  struct Row {
    std::string_view key;
    std::string yaml;  // what is not its default
    Effect effect = Effect::kAtOnce;
  };

  const Row rows[] = {
      {"listen", "listen: localhost:1", Effect::kAtRestart},
      {"admin_listen", "admin_listen: []", Effect::kAtRestart},
      {"store", "store: /x.db", Effect::kAtRestart},
      {"tls.cert", "tls: {cert: a}"},
      {"tls.key", "tls: {key: a}"},
      {"tls.allow_plaintext", "tls: {allow_plaintext: true}"},
      {"limits.data", "limits: {data: 1}"},
      {"limits.min_interval", "limits: {min_interval: 1m}"},
      {"limits.body", "limits: {body: 2KiB}"},
      {"limits.connections", "limits: {connections: 1}"},
      {"limits.connections_per_address", "limits: {connections_per_address: 1}"},
      {"limits.jobs_per_account", "limits: {jobs_per_account: 1}"},
      {"limits.requests_per_second", "limits: {requests_per_second: 1}"},
      {"delivery.concurrency", "delivery: {concurrency: 1}"},
      {"delivery.per_host", "delivery: {per_host: 1}"},
      {"delivery.connect_timeout", "delivery: {connect_timeout: 1s}"},
      {"delivery.timeout", "delivery: {timeout: 1s}"},
      {"delivery.backoff", "delivery: {backoff: []}"},
      {"delivery.network", "delivery: {network: any}"},
      {"delivery.allow", "delivery: {allow: [10.0.0.1]}"},
      {"delivery.deny", "delivery: {deny: [10.0.0.1]}"},
      {"misfire.threshold", "misfire: {threshold: 1s}"},
      {"history.keep", "history: {keep: 1d}"},
      {"drain", "drain: 1s"},
      {"log.level", "log: {level: debug}"},
      {"log.format", "log: {format: json}"},
  };
  std::set<std::string_view> keys;
  const Settings before = settings_of("");
  for (const Row& row : rows) {
    CAPTURE(row.key);
    const Settings after = read_settings({{"f", row.yaml}}, {}, {}).settings;  // half a pair, too
    const bool at_once = row.effect == Effect::kAtOnce;
    CHECK(changed_settings(before, after, Effect::kAtOnce) == (at_once ? Keys{row.key} : Keys{}));
    CHECK(changed_settings(before, after, Effect::kAtRestart) ==
          (at_once ? Keys{} : Keys{row.key}));
    CHECK(changed_settings(after, after, row.effect).empty());
    keys.insert(row.key);
  }
  for (const Setting& setting : all_settings())
    CHECK_MESSAGE(keys.contains(setting.key), setting.key);
}

TEST_CASE("what differs from the reading before is applied") {
  Rig rig("limits: {data: 1}\n");
  CHECK(rig.read_again() == "|");
  CHECK(rig.read_again("limits: {data: 2}\ndrain: 1s\n") == "limits.data drain|");
  CHECK(rig.applied.back().limits.data == 2);
  CHECK(rig.read_again() == "|");
  CHECK(rig.read_again("drain: 1000ms\n") == "limits.data|");
  CHECK(rig.applied.back().limits.data == Settings{}.limits.data);
  CHECK(rig.applied.size() == 4);
}

TEST_CASE("what takes a restart is told again and again until it is as at the start") {
  Rig rig("store: a.db\n");
  CHECK(rig.read_again("store: b.db\ndrain: 1s\n") == "drain|store");
  CHECK(rig.read_again() == "|store");
  CHECK(rig.read_again("store: c.db\nlisten: localhost:1\ndrain: 1s\n") == "|listen store");
  CHECK(rig.read_again("store: a.db\n") == "drain|");
}

TEST_CASE("settings with faults change nothing, and all faults are named with their places") {
  Rig rig("limits: {data: 1}\n");
  const std::string faults = rig.read_again("limits: {data: 2}\nlsten: x\ndrain: [1s]\n");
  CAPTURE(faults);
  CHECK(faults.starts_with(rig.path() + ":2:1: unknown key \"lsten\"; did you mean"));
  CHECK(faults.find("; " + rig.path() + ":3:8: drain") != std::string::npos);
  CHECK(rig.applied.empty());
  CHECK(rig.read_again("limits: {data: 2}\n") == "limits.data|");
}

TEST_CASE("what cannot be applied is a change again when it can be") {
  Rig rig("limits: {data: 1}\n");
  rig.refusal = "no";
  CHECK(rig.read_again("limits: {data: 2}\n") == "no");
  rig.refusal.clear();
  CHECK(rig.read_again() == "limits.data|");
}

TEST_CASE("files are found as at the start: the one that is named must be there") {
  Rig rig("limits: {data: 1}\n");
  rig.write("conf.d/a.yaml", "limits: {data: 2}\n");
  CHECK(rig.read_again() == "limits.data|");
  CHECK(rig.applied.back().limits.data == 2);
  rig.remove("jobsched.yaml");
  CHECK(rig.read_again() == rig.path() + ": cannot be read: No such file or directory");
  rig.write("jobsched.yaml", "drain: 1s\n");
  rig.remove("conf.d/a.yaml");
  CHECK(rig.read_again() == "limits.data drain|");
}

TEST_CASE("flags and variables go over the files as at the start") {
  Rig rig("", {{"localhost:7"}, "/flag.db"}, {{"JOBSCHED_LIMITS_DATA", "7"}});
  CHECK(rig.read_again("listen: localhost:1\nstore: /file.db\nlimits: {data: 1}\n") == "|");
  CHECK(rig.applied.back().limits.data == 7);
  CHECK(rig.read_again("store: [\n").find(":2:1: this is not YAML") != std::string::npos);
}

}  // namespace jobsched
