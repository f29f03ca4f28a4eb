#include "daemon/zoneinfo/zoneinfo.h"

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "tests/support/instants.h"

namespace jobsched {
namespace {

namespace fs = std::filesystem;

// A directory that goes when the test does.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string pattern = (fs::temp_directory_path() / "zoneinfo.XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary directory");
    path_ = pattern;
  }

  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  ~TemporaryDirectory() { fs::remove_all(path_); }

  const fs::path& path() const { return path_; }

  fs::path write(const std::string& name, const std::string& bytes) const {
    fs::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name, std::ios::binary) << bytes;
    return path_ / name;
  }

 private:
  fs::path path_;
};

int offset(const Zone& zone, std::string_view instant) {
  const auto at = std::chrono::floor<std::chrono::seconds>(test::instant(instant));
  return static_cast<int>(zone.offset_at(at).count());
}

TEST_CASE("zoneinfo: zones by their names") {
  struct Row {
    std::string_view name;
    int summer;  // the offset on 1 July 2026, in seconds
  };

  const Row rows[] = {
      {"Europe/Berlin", 7'200},
      {"America/New_York", -14'400},
      {"America/Argentina/Buenos_Aires", -10'800},
      {"Asia/Kathmandu", 20'700},
      {"Etc/GMT+5", -18'000},
      {"EST5EDT", -14'400},
      {"UTC", 0},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    const auto zone = load_zone(row.name, kZoneinfoDirectory);
    REQUIRE(zone);
    CHECK(zone->name() == row.name);
    CHECK(offset(*zone, "2026-07-01T00:00:00Z") == row.summer);
  }
}

TEST_CASE("zoneinfo: UTC needs no file") {
  CHECK(load_zone("UTC", "/nonexistent"));
  CHECK_FALSE(load_zone("Europe/Berlin", "/nonexistent"));
}

TEST_CASE("zoneinfo: names that are not there are answered with what was probably meant") {
  const std::string syntax =
      "a time zone name has only letters, digits, `_`, `+`, `-` and single `/`: ";
  const std::string example = "write an IANA name such as `Europe/Berlin`";

  struct Row {
    std::string_view name;
    std::string detail;
  };

  const Row rows[] = {
      // a near name
      {"Europe/Berlni", "there is no time zone `Europe/Berlni`: did you mean `Europe/Berlin`?"},
      {"europe/berlin", "there is no time zone `europe/berlin`: did you mean `Europe/Berlin`?"},
      {"Berlin", "there is no time zone `Berlin`: did you mean `Europe/Berlin`?"},
      {"new_york", "there is no time zone `new_york`: did you mean `America/New_York`?"},
      {"America/New York", syntax + "did you mean `America/New_York`?"},
      {std::string_view("UTC\0", 4), syntax + "did you mean `UTC`?"},
      // none
      {"Mars/Olympus_Mons", "there is no time zone `Mars/Olympus_Mons`: " + example},
      {"", syntax + example},
      // not below the directory
      {"/etc/localtime", syntax + example},
      {"../zoneinfo/UTC", syntax + "did you mean `Etc/UTC`?"},
      {"Europe/../Europe/Berlin", syntax + "did you mean `Europe/Berlin`?"},
      {"Europe//Berlin", syntax + "did you mean `Europe/Berlin`?"},
      {"Europe/", syntax + example},
      // no zone: a directory, and files beside the zones
      {"Europe", "there is no time zone `Europe`: " + example},
      {"zone.tab", syntax + example},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    const auto zone = load_zone(row.name, kZoneinfoDirectory);
    REQUIRE_FALSE(zone);
    CHECK(zone.error().kind == ErrorKind::kInvalid);
    CHECK(zone.error().field == "timezone");
    CHECK(zone.error().detail == row.detail);
  }
  CHECK_FALSE(load_zone(std::string(100'000, 'a'), kZoneinfoDirectory));
}

TEST_CASE("zoneinfo: files that are no zones") {
  const TemporaryDirectory directory;
  directory.write("Test/Text", "Europe/Berlin");
  directory.write("Test/Empty", "");
  directory.write("Test/Large", "TZif" + std::string(1'000'000, '\0'));
  const auto text = load_zone("Test/Text", directory.path());
  REQUIRE_FALSE(text);
  CHECK(text.error().detail ==
        "the file of time zone `Test/Text` cannot be used: it is not a compiled time zone file "
        "(TZif); install the time zone data anew");
  CHECK_FALSE(load_zone("Test/Empty", directory.path()));
  CHECK_FALSE(load_zone("Test/Large", directory.path()));
  fs::create_directory_symlink(directory.path() / "Test", directory.path() / "Test" / "Loop");
  CHECK_FALSE(load_zone("Nothing/Near", directory.path()));
}

TEST_CASE("zoneinfo: the local zone, by the variable TZ") {
  struct Row {
    std::string_view rule;
    std::string_view variable;
    std::string_view name;
    int summer;
  };

  const Row rows[] = {
      {"empty is UTC", "", "UTC", 0},
      {"a colon alone is UTC", ":", "UTC", 0},
      {"an IANA name", "Europe/Berlin", "Europe/Berlin", 7'200},
      {"an IANA name after a colon", ":Europe/Berlin", "Europe/Berlin", 7'200},
      {"a path", "/usr/share/zoneinfo/Asia/Kolkata", "Asia/Kolkata", 19'800},
      {"a path after a colon", ":/usr/share/zoneinfo/Asia/Kolkata", "Asia/Kolkata", 19'800},
      {"a rule", "CET-1CEST,M3.5.0,M10.5.0/3", "CET-1CEST,M3.5.0,M10.5.0/3", 7'200},
      {"a rule without daylight saving time", "<+03>-3", "<+03>-3", 10'800},
      {"a file comes before a rule", "EST5EDT", "EST5EDT", -14'400},
  };
  for (const Row& row : rows) {
    CAPTURE(row.rule);
    const auto zone = load_local_zone(row.variable, kZoneinfoDirectory, "/nonexistent");
    REQUIRE(zone);
    CHECK(zone->name() == row.name);
    CHECK(offset(*zone, "2026-07-01T00:00:00Z") == row.summer);
  }
  const auto wrong = load_local_zone("Europe/Berlni", kZoneinfoDirectory, "/nonexistent");
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().detail ==
        "there is no time zone `Europe/Berlni`: did you mean `Europe/Berlin`?");
  const auto missing = load_local_zone("/nonexistent", kZoneinfoDirectory, "/nonexistent");
  REQUIRE_FALSE(missing);
  CHECK(missing.error().detail ==
        "the time zone file `/nonexistent` cannot be read: set TZ to an IANA name such as "
        "`Europe/Berlin`");
}

TEST_CASE("zoneinfo: the local zone, by the system's link") {
  const TemporaryDirectory directory;
  const fs::path link = directory.path() / "localtime";
  CHECK(load_local_zone({}, kZoneinfoDirectory, link)->name() == "UTC");

  const fs::path berlin = fs::path(kZoneinfoDirectory) / "Europe/Berlin";
  fs::create_symlink(berlin, link);
  const auto linked = load_local_zone({}, kZoneinfoDirectory, link);
  REQUIRE(linked);
  CHECK(linked->name() == "Europe/Berlin");

  fs::remove(link);
  fs::copy_file(berlin, link);
  const auto copied = load_local_zone({}, kZoneinfoDirectory, link);
  REQUIRE(copied);
  CHECK(copied->name() == link.string());
  CHECK(offset(*copied, "2026-07-01T00:00:00Z") == 7'200);
}

}  // namespace
}  // namespace jobsched
