#include "cmd/key_file.h"

#include <fstream>
#include <optional>
#include <string>

#include <doctest/doctest.h>

#include "cmd/globals.h"
#include "tests/support/temporary_directory.h"

namespace jobsched::cmd {

TEST_CASE("a key file has one key, with blanks around it at most") {
  struct Row {
    std::string content;
    std::optional<std::string> key;
  };

  const Row rows[] = {
      {"jsk_abc\n", "jsk_abc"},
      {"jsk_abc", "jsk_abc"},
      {"\n  jsk_abc\r\n\n", "jsk_abc"},
      {"", {}},
      {" \n", {}},
      {"jsk_abc jsk_def\n", {}},
      {"jsk_abc\njsk_def\n", {}},
      {"jsk_abc\r\nX-Evil: 1\n", {}},
      {std::string("jsk\0abc", 7), {}},
      {"jsk_\xC3\xA4", {}},
      {std::string(5'000, 'a'), {}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.content);
    const testing::TemporaryDirectory directory;
    const std::string path = directory / "key";
    std::ofstream(path, std::ios::binary) << row.content;
    const auto key = read_key_file(path);
    CHECK(key.has_value() == row.key.has_value());
    if (key) CHECK(*key == row.key);
    if (!key) CHECK(key.error().message.find("jsk") == std::string::npos);
  }
  CHECK(read_key_file("/nonexistent/key").error().code == ExitCode::kUsage);
}

TEST_CASE("the key file is what --key-file or JOBSCHED_KEY_FILE names") {
  const auto key_file = [](std::optional<std::string> option, const Environment& environment) {
    GlobalOptions options;
    options.key_file = std::move(option);
    return resolve(options, Outputs::kNone, environment)->server.key_file;
  };
  CHECK(key_file({}, {}).empty());
  CHECK(key_file("a", {{"JOBSCHED_KEY_FILE", "b"}}) == "a");
  CHECK(key_file({}, {{"JOBSCHED_KEY_FILE", "b"}}) == "b");
  GlobalOptions empty;
  empty.key_file = "";
  CHECK(resolve(empty, Outputs::kNone, {}).error().message.starts_with("--key-file: "));
}

}  // namespace jobsched::cmd
