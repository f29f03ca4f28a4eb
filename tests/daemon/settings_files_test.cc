#include <filesystem>
#include <fstream>
#include <string>

#include <doctest/doctest.h>

#include "daemon/settings/files.h"
#include "daemon/settings/setting.h"
#include "daemon/settings/write.h"
#include "tests/support/temporary_directory.h"

namespace jobsched {

namespace {

using testing::TemporaryDirectory;

// A settings file with its drop-ins, as an admin would have them.
class Files {
 public:
  void write(const std::string& name, const std::string& text) const {
    const std::filesystem::path path = folder_ / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }

  std::string path(const std::string& name = "jobsched.yaml") const { return folder_ / name; }

  SettingsResult read(const Environment& environment = {}, const SettingsFlags& flags = {}) const {
    return read_settings(SettingsSource{path(), environment, flags});
  }

 private:
  TemporaryDirectory folder_;
};

std::string listed(const std::vector<SettingsFault>& faults) {
  std::string text;
  for (const auto& [place, message] : faults)
    text += place + ": " + message + "\n";
  return text;
}

std::string origin(const SettingsResult& result, std::string_view key) {
  const auto found = result.origins.find(key);
  return found == result.origins.end() ? "default" : found->second;
}

}  // namespace

TEST_CASE("drop-ins go over the file in the order of their names, setting by setting") {
  const Files files;
  files.write("jobsched.yaml", "limits: {data: 1, connections: 1}\ndelivery: {allow: [\"::1\"]}\n");
  files.write("conf.d/10-a.yaml", "limits: {data: 2}\ndelivery: {deny: [10.0.0.0/8]}\n");
  files.write("conf.d/9-b.yaml", "limits:\n  data: 3\ndelivery: {allow: []}\n");
  files.write("conf.d/B.yaml", "history: {keep: 1d}\n");
  files.write("conf.d/.c.yaml", "limits: {data: 4}\n");
  files.write("conf.d/z.yaml~", "limits: {data: 5}\n");
  files.write("conf.d/z.yml", "limits: {data: 6}\n");
  files.write("conf.d/z/z.yaml", "limits: {data: 7}\n");
  const SettingsResult result = files.read();
  CHECK(listed(result.faults).empty());
  CHECK(result.settings.limits.data == 3);
  CHECK(result.settings.connections == 1);
  CHECK(result.settings.allow.empty());
  CHECK(result.settings.deny.size() == 1);
  CHECK(result.settings.history_keep == std::chrono::days{1});
  CHECK(origin(result, "limits.data") == files.path("conf.d/9-b.yaml") + ":2");
  CHECK(origin(result, "limits.connections") == files.path() + ":1");
  CHECK(origin(result, "delivery.deny") == files.path("conf.d/10-a.yaml") + ":2");
  CHECK(origin(result, "delivery.timeout") == "default");
}

TEST_CASE("flags and variables go over drop-ins") {
  const Files files;
  files.write("jobsched.yaml", "");
  files.write("conf.d/a.yaml", "store: a.db\nlisten: localhost:1\nlimits: {data: 1}\n");
  const SettingsResult result =
      files.read({{"JOBSCHED_STORE", "b.db"}, {"JOBSCHED_LIMITS_DATA", "2"}}, {{}, "c.db"});
  CHECK(result.settings.store == "c.db");
  CHECK(origin(result, "store") == "--store");
  CHECK(result.settings.limits.data == 2);
  CHECK(origin(result, "limits.data") == "JOBSCHED_LIMITS_DATA");
  CHECK(result.settings.listen == std::vector<std::string>{"localhost:1"});
}

TEST_CASE("the faults of all files are reported, each with its place") {
  const Files files;
  files.write("jobsched.yaml", "lsten: x\n");
  files.write("conf.d/a.yaml", "limits:\n  dat: 1\n");
  files.write("conf.d/b.yaml", "store: [\n");
  files.write("conf.d/c.yaml", std::string(1'048'577, '#'));
  std::filesystem::create_directory(files.path("conf.d/d.yaml"));
  const std::string faults = listed(files.read({{"JOBSCHED_DATA", "1"}}).faults);
  CAPTURE(faults);
  for (const std::string& part :
       {files.path() + ":1:1: unknown key \"lsten\"",
        files.path("conf.d/a.yaml") + ":2:3: unknown key \"dat\"",
        files.path("conf.d/b.yaml") + ":2:1: this is not YAML",
        files.path("conf.d/c.yaml") + ": cannot be read: it is longer than the limit of 1MiB",
        files.path("conf.d/d.yaml") + ": cannot be read: Is a directory",
        std::string("JOBSCHED_DATA: unknown variable")}) {
    CAPTURE(part);
    CHECK(faults.find(part) != std::string::npos);
  }
}

TEST_CASE("the file that is named must be there; drop-ins need not") {
  const Files files;
  CHECK(listed(files.read().faults) ==
        files.path() + ": cannot be read: No such file or directory\n");
  files.write("jobsched.yaml", "");
  CHECK(listed(files.read().faults).empty());
  files.write("conf.d", "no directory\n");
  CHECK(listed(files.read().faults).empty());
}

TEST_CASE("what is written is read back to the same values, and says where they are from") {
  const Files files;
  files.write("jobsched.yaml", R"(listen: ["127.0.0.1:80", "[::1]:80", "unix:/run/jobsched.sock"]
admin_listen: []
store: "/tmp/a \"b\"\\\t#: é"
tls: {cert: "null", key: "-k"}
limits: {data: 1MiB, min_interval: 1m1s, jobs_per_account: 7}
delivery:
  backoff: [1s, 250ms]
  network: public
  allow: [10.0.0.0/8, "::1"]
log: {level: debug, format: json}
)");
  const SettingsResult first =
      files.read({{"JOBSCHED_LIMITS_BODY", "1500"}}, {{"localhost:7"}, std::nullopt});
  CHECK(listed(first.faults).empty());
  const std::string text = write_settings(first);
  CAPTURE(text);
  for (const std::string& line : {std::string("listen: [\"localhost:7\"]  # --listen\n"),
                                  "admin_listen: []  # " + files.path() + ":2\n",
                                  "tls:\n  cert: \"null\"  # " + files.path() + ":4\n",
                                  std::string("  allow_plaintext: false  # default\n"),
                                  "limits:\n  data: 1MiB  # " + files.path() + ":5\n",
                                  std::string("  body: 1500  # JOBSCHED_LIMITS_BODY\n"),
                                  "  backoff: [1s, 250ms]  # " + files.path() + ":7\n",
                                  std::string("misfire:\n  threshold: 1m  # default\n")}) {
    CAPTURE(line);
    CHECK(text.find(line) != std::string::npos);
  }
  const SettingsResult second = read_settings({{"f", text}}, {}, {});
  CHECK(listed(second.faults).empty());
  for (const Setting& setting : all_settings()) {
    CAPTURE(setting.key);
    CHECK(setting.get(first.settings) == setting.get(second.settings));
    CHECK(second.origins.contains(setting.key));
  }
}

TEST_CASE("a setting without a value is written as a comment") {
  const SettingsResult result = read_settings(std::vector<SettingsText>{}, {}, {});
  const std::string text = write_settings(result);
  CHECK(text.find("tls:\n  # cert:  # not set\n  # key:  # not set\n  allow_plaintext: false") !=
        std::string::npos);
  CHECK(text.find("admin_listen: [\"unix:/run/jobsched/admin.sock\"]  # default\n") !=
        std::string::npos);
  CHECK(listed(read_settings({{"f", text}}, {}, {}).faults).empty());
}

}  // namespace jobsched
