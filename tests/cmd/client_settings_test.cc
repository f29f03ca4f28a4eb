#include "cmd/client_settings.h"

#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/temporary_directory.h"

namespace jobsched::cmd {

namespace {

const Environment kHome{{"HOME", "/home/ada"}};

std::string shown(const std::optional<ClientSettings::Value>& value) {
  return value ? value->place + " = " + value->text : "none";
}

}  // namespace

TEST_CASE("where the user's settings are") {
  struct Row {
    Environment environment;
    std::string_view file;
  };

  const Row rows[] = {
      {{}, "none"},
      {{{"HOME", ""}}, "none"},
      {{{"HOME", "relative"}}, "none"},
      {{{"HOME", "/home/ada"}}, "/home/ada/.config/jobsched/client.yaml"},
      {{{"HOME", "/home/ada"}, {"XDG_CONFIG_HOME", "/c"}}, "/c/jobsched/client.yaml"},
      {{{"XDG_CONFIG_HOME", "/c"}}, "/c/jobsched/client.yaml"},
      {{{"HOME", "/home/ada"}, {"XDG_CONFIG_HOME", "c"}}, "/home/ada/.config/jobsched/client.yaml"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.file);
    CHECK(user_client_file(row.environment).value_or("none") == row.file);
  }
}

TEST_CASE("the settings of clients are read strictly") {
  struct Row {
    std::string_view text;
    std::vector<std::string> faults;
  };

  const Row rows[] = {
      {"", {}},
      {"# nothing\n", {}},
      {"server: http://a.test\noutput: json\n", {}},
      {"serer: x\n", {"/d/f:1:1: unknown key \"serer\"; did you mean \"server\"?"}},
      {"server: a\nserver: b\n", {"/d/f:2:1: duplicate key \"server\""}},
      {"server: [a, b]\n", {"/d/f:1:9: server: takes a single value"}},
      {"server:\n", {"/d/f:1:1: server: has no value; give one or leave the key out"}},
      {"server: ''\n", {"/d/f:1:9: server: is empty"}},
      {"- server\n", {"/d/f:1:1: the file must be a map of settings"}},
      {"[a]: b\n", {"/d/f:1:1: a key must be a word"}},
      {"a: b\n---\nc: d\n", {"/d/f:3:1: there is a second document; only one is read"}},
      {"x: 1\ny: 2\n", {"/d/f:1:1: unknown key \"x\"", "/d/f:2:1: unknown key \"y\""}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    ClientSettings settings;
    std::vector<std::string> faults;
    read_client_file("/d/f", std::string(row.text), kHome, settings, faults);
    CHECK(faults == row.faults);
  }
  ClientSettings settings;
  std::vector<std::string> faults;
  read_client_file("/d/f", "server: \"x", kHome, settings, faults);
  REQUIRE(faults.size() == 1);
  CHECK(faults[0].find("this is not YAML: ") != std::string::npos);
}

TEST_CASE("paths do not depend on the working directory") {
  struct Row {
    std::string_view path;
    std::string_view resolved;
  };

  constexpr Row kRows[] = {
      {"key", "/d/key"}, {"../key", "/d/../key"}, {"/k/key", "/k/key"}, {"~/key", "/home/ada/key"}};
  for (const Row& row : kRows) {
    CAPTURE(row.path);
    ClientSettings settings;
    std::vector<std::string> faults;
    read_client_file("/d/f", "key_file: " + std::string(row.path), kHome, settings, faults);
    CHECK(faults.empty());
    CHECK(shown(settings.key_file) == "/d/f:1:11: key_file = " + std::string(row.resolved));
  }
  ClientSettings settings;
  std::vector<std::string> faults;
  read_client_file("/d/f", "cacert: ~/ca.pem", {}, settings, faults);
  CHECK(faults ==
        std::vector<std::string>{"/d/f:1:9: cacert: there is no HOME for ~ to stand for"});
}

TEST_CASE("the user's file beats the system's, key by key") {
  const testing::TemporaryDirectory folder;
  const std::string user = folder / "user";
  const std::string system = folder / "system";
  CHECK(shown(load_client_settings(std::nullopt, system, kHome)->server) == "none");
  std::ofstream(system) << "server: http://system.test\noutput: xml\n";
  CHECK(shown(load_client_settings(user, system, kHome)->server) ==
        system + ":1:9: server = http://system.test");
  std::ofstream(user) << "server: http://user.test\n";
  const auto both = load_client_settings(user, system, kHome);
  CHECK(shown(both->server) == user + ":1:9: server = http://user.test");
  CHECK(shown(both->output) == system + ":2:9: output = xml");
  CHECK(shown(load_client_settings(user + "/below", system, kHome)->output) ==
        system + ":2:9: output = xml");
  std::ofstream(system) << "wrong: x\n";
  CHECK(load_client_settings(user, system, kHome).error().code == ExitCode::kConfiguration);
  CHECK(load_client_settings(folder.path(), user, kHome).error().code == ExitCode::kConfiguration);
}

}  // namespace jobsched::cmd
