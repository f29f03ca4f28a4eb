#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <SQLiteCpp/Database.h>
#include <doctest/doctest.h>

#include "daemon/store/sqlite_store.h"
#include "daemon/store/store_file.h"
#include "tests/support/child_process.h"
#include "tests/support/small_disk.h"
#include "tests/support/store_driver.h"
#include "tests/support/temporary_directory.h"

namespace jobsched::testing {

namespace {

namespace fs = std::filesystem;

Result<std::unique_ptr<SqliteStore>> open_store(const std::string& path) {
  const auto report = [](const Error& error) { FAIL_CHECK(error.detail); };
  return SqliteStore::open(path, {report, report, Millis{50}});
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_file(const std::string& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

void make_store(const std::string& path) {
  const auto store = open_store(path);
  REQUIRE(store);
  REQUIRE(StoreDriver(**store).create(sample_once(1, at(0))));
}

void make_database(const std::string& path, const std::string& sql) {
  SQLite::Database(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE).exec(sql);
}

unsigned mode_of(const std::string& path) {
  struct stat status {};

  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 07777U;
}

}  // namespace

TEST_CASE("what is not a store is refused, named, and left untouched") {
  struct Row {
    std::string rule;
    std::function<void(const std::string& path)> make;
    ErrorKind kind;
    std::string words;
  };

  const std::vector<Row> rows{
      {"a text file", [](const auto& path) { write_file(path, std::string(5'000, 'a')); },
       ErrorKind::kInvalid, "not a SQLite database"},
      {"one byte", [](const auto& path) { write_file(path, "x"); }, ErrorKind::kInvalid,
       "not a SQLite database"},
      {"the beginning of a header",
       [](const auto& path) {
         make_store(path);
         fs::resize_file(path, 20);
       },
       ErrorKind::kInvalid, "cut off"},
      {"a database of another program",
       [](const auto& path) { make_database(path, "CREATE TABLE jobs (id)"); }, ErrorKind::kInvalid,
       "another program"},
      {"a newer schema",
       [](const auto& path) {
         make_store(path);
         make_database(path, "PRAGMA user_version = 1000");
       },
       ErrorKind::kInvalid, "newer jobsched"},
      {"a store cut off after its first page",
       [](const auto& path) {
         make_store(path);
         fs::resize_file(path, 4'096);
       },
       ErrorKind::kInternal, "damaged"},
      {"a store without its tables",
       [](const auto& path) {
         make_store(path);
         make_database(path, "DROP TABLE deliveries");
       },
       ErrorKind::kInternal, "deliveries"},
      {"a store overwritten from its middle on",
       [](const auto& path) {
         make_store(path);
         std::string bytes = read_file(path);
         bytes.replace(100, bytes.size() - 100, bytes.size() - 100, '\xA5');
         write_file(path, bytes);
       },
       ErrorKind::kInternal, "damaged"},
      {"a file with two names",
       [](const auto& path) {
         make_store(path);
         fs::create_hard_link(path, path + ".other");
       },
       ErrorKind::kInvalid, "hard links"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.rule);
    const TemporaryDirectory directory;
    const std::string path = directory / "jobs.db";
    row.make(path);
    const std::string before = read_file(path);
    for (int time = 1; time <= 2; ++time) {
      const auto store = open_store(path);
      REQUIRE_FALSE(store);
      CHECK(store.error().kind == row.kind);
      CHECK_MESSAGE(store.error().detail.find(row.words) != std::string::npos,
                    store.error().detail);
      CHECK_MESSAGE(store.error().detail.find(path) != std::string::npos, store.error().detail);
    }
    CHECK((read_file(path) == before));
  }
}

TEST_CASE("a path that cannot be a store is refused") {
  const TemporaryDirectory directory;
  write_file(directory / "file", "text");
  fs::create_symlink(directory / "loop", directory / "loop");

  struct Row {
    std::string rule;
    std::string path;
    std::string words;
  };

  const std::vector<Row> rows{
      {"no path", "", "name a file"},
      {"a directory", directory.path(), "is a directory"},
      {"a device", "/dev/null", "not a regular file"},
      {"below a file", directory / "file/jobs.db", "cannot be"},
      {"a loop of links", directory / "loop", "cannot be"},
      {"a name that is too long", directory / std::string(300, 'a'), "cannot be"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.rule);
    const auto store = open_store(row.path);
    REQUIRE_FALSE(store);
    CHECK(store.error().kind == ErrorKind::kInvalid);
    CHECK_MESSAGE(store.error().detail.find(row.words) != std::string::npos, store.error().detail);
  }
  CHECK_FALSE(fs::exists("/dev/null.lock"));
}

TEST_CASE("a new store and its directories are the owner's alone") {
  const TemporaryDirectory directory;
  const std::string path = directory / "state/jobsched/jobs.db";
  const mode_t before = ::umask(0);
  make_store(path);
  const auto store = open_store(path);
  ::umask(before);
  REQUIRE(store);
  REQUIRE(StoreDriver(**store).create(sample_once(2, at(0))));
  CHECK(mode_of(directory / "state") == 0700);
  CHECK(mode_of(directory / "state/jobsched") == 0700);
  for (const std::string_view suffix : {"", "-wal", "-shm", ".lock"}) {
    CAPTURE(suffix);
    CHECK(mode_of(path + std::string(suffix)) == 0600);
  }
  CHECK_FALSE(fs::exists(path + ".new"));
}

TEST_CASE("an empty file becomes a store, also after a first start that was cut short") {
  const TemporaryDirectory directory;
  const std::string path = directory / "jobs.db";
  write_file(path, "");
  write_file(path + ".new", "half a database");
  make_store(path);
  const auto store = open_store(path);
  REQUIRE(store);
  CHECK(StoreDriver(**store).find("default", sample_id(1)));
}

TEST_CASE("a store belongs to one daemon at a time, by whatever name it is called") {
  const TemporaryDirectory directory;
  const std::string path = directory / "jobs.db";
  std::optional<ChildProcess> owner(std::in_place, JOBSCHED_STORE_CHILD, "hold", path);
  const std::optional<long> pid = owner->read_number();
  REQUIRE(pid);
  fs::create_symlink(path, directory / "link");
  for (const std::string& name :
       {path, directory / "link",
        directory / "../" + fs::path(directory.path()).filename().string() + "/jobs.db"}) {
    CAPTURE(name);
    const auto store = open_store(name);
    REQUIRE_FALSE(store);
    CHECK(store.error().kind == ErrorKind::kConflict);
    CHECK_MESSAGE(store.error().detail.find("process " + std::to_string(*pid)) != std::string::npos,
                  store.error().detail);
  }
  owner.reset();
  CHECK(open_store(path));
}

TEST_CASE("a store is locked against a second one in the same process, too") {
  const TemporaryDirectory directory;
  const auto first = open_store(directory / "jobs.db");
  REQUIRE(first);
  const auto second = open_store(directory / "jobs.db");
  REQUIRE_FALSE(second);
  CHECK(second.error().kind == ErrorKind::kConflict);
  CHECK(second.error().detail.find(std::to_string(::getpid())) != std::string::npos);
}

TEST_CASE("a lock file that says nothing still locks") {
  const TemporaryDirectory directory;
  const std::string path = directory / "jobs.db";
  const auto first = open_store(path);
  REQUIRE(first);
  write_file(path + ".lock", "?");
  const auto second = open_store(path);
  REQUIRE_FALSE(second);
  CHECK(second.error().detail.find("another process") != std::string::npos);
}

TEST_CASE("a place that cannot be written to is refused") {
  const TemporaryDirectory directory;
  const bool ran = on_small_disk(directory.path(), 4'000'000, [&] {
    make_store(directory / "jobs.db");
    REQUIRE(make_read_only(directory.path()));
    for (const std::string& path : {directory / "jobs.db", directory / "new/jobs.db"}) {
      CAPTURE(path);
      const auto store = open_store(path);
      REQUIRE_FALSE(store);
      CHECK(store.error().kind == ErrorKind::kForbidden);
      CHECK(store.error().detail.find("can be written to") != std::string::npos);
    }
  });
  if (!ran) MESSAGE("skipped: this user may not mount a disk");
}

TEST_CASE("a database is kept with a write-ahead log and marked as ours") {
  const TemporaryDirectory directory;
  make_store(directory / "jobs.db");
  const std::string header = read_file(directory / "jobs.db").substr(0, 100);
  CHECK(header.substr(18, 2) == "\x02\x02");
  CHECK(header.substr(68, 4) == "JobS");
}

TEST_CASE("network file systems are known by name") {
  struct Row {
    long type;
    std::string name;  // empty: fit for a store
  };

  const std::vector<Row> rows{
      {0x6969, "NFS"},      {0x517B, "SMB"},    {0xFE534D42, "SMB"}, {0xFF534D42, "CIFS"},
      {0x65735546, "FUSE"}, {0x01021997, "9P"}, {0xEF53, ""},        {0x58465342, ""},
      {0x01021994, ""},     {0x9123683E, ""},   {0x794C7630, ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.type);
    CHECK(unsafe_file_system(row.type).value_or("") == row.name);
  }
}

}  // namespace jobsched::testing
