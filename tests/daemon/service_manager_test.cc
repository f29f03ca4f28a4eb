#include "daemon/service_manager.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <chrono>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "daemon/fd.h"
#include "tests/support/temporary_directory.h"

namespace jobsched {

namespace {

constexpr pid_t kSelf = 4'711;

}  // namespace

TEST_CASE("the sockets that are passed follow from three variables") {
  struct Row {
    std::string_view pid;  // empty: not set
    std::string_view count;
    std::string_view names;
    std::string_view result;  // DESCRIPTOR=NAME of each, or the refusal
  };

  constexpr Row kRows[] = {
      {"", "", "", ""},
      {"4711", "", "", ""},
      {"", "2", "", ""},
      {"4711", "0", "", ""},
      {"4711", "1", "", "3= "},
      {"4711", "2", "", "3= 4= "},
      {"4711", "2", "admin:api", "3=admin 4=api "},
      {"4711", "2", ":", "3= 4= "},
      {"4712", "2", "", ""},
      {"4712", "x", "", ""},
      {"x", "1", "", "LISTEN_PID is \"x\", which is no process; leave it to the service manager"},
      {"4711", "x", "", "LISTEN_FDS is \"x\", which is no number of sockets"},
      {"4711", "-1", "", "LISTEN_FDS is \"-1\", which is no number of sockets"},
      {"4711", "2000000000", "", "LISTEN_FDS is \"2000000000\", which is no number of sockets"},
      {"4711", "2", "one", "LISTEN_FDNAMES is \"one\", which does not name 2 sockets"},
      {"4711", "1", "a:b", "LISTEN_FDNAMES is \"a:b\", which does not name 1 sockets"},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.pid);
    CAPTURE(row.count);
    CAPTURE(row.names);
    const auto passed = read_passed_sockets({{"LISTEN_PID", std::string(row.pid)},
                                             {"LISTEN_FDS", std::string(row.count)},
                                             {"LISTEN_FDNAMES", std::string(row.names)}},
                                            kSelf);
    if (!passed) {
      CHECK(passed.error().kind == ErrorKind::kInvalid);
      CHECK(passed.error().detail.starts_with(row.result));
      CHECK_FALSE(row.result.empty());
      continue;
    }
    std::string list;
    for (const PassedSocket& socket : *passed)
      list += std::to_string(socket.fd) + "=" + socket.name + " ";
    CHECK(list == row.result);
  }
  CHECK(read_passed_sockets({}, kSelf)->empty());
}

TEST_CASE("how long the daemon may be silent follows from two variables") {
  struct Row {
    std::string_view length;  // empty: not set
    std::string_view pid;
    std::string_view result;  // microseconds, or the refusal
  };

  constexpr Row kRows[] = {
      {"", "", ""},
      {"", "4711", ""},
      {"", "x", ""},
      {"30000000", "", "30000000"},
      {"30000000", "4711", "30000000"},
      {"30000000", "4712", ""},
      {"x", "4712", ""},
      {"10000", "4711", "10000"},
      {"9999", "4711", "WATCHDOG_USEC is \"9999\", which is less than 10 ms; leave it to the"},
      {"0", "4711", "WATCHDOG_USEC is \"0\", which is less than 10 ms"},
      {"86400000001", "4711", "86400000000"},
      {"18446744073709551615", "4711", "86400000000"},
      {"18446744073709551616", "4711", "WATCHDOG_USEC is \"18446744073709551616\", which is no"},
      {"30s", "4711", "WATCHDOG_USEC is \"30s\", which is no number of microseconds"},
      {"-1", "4711", "WATCHDOG_USEC is \"-1\", which is no number of microseconds"},
      {" 1", "4711", "WATCHDOG_USEC is \" 1\", which is no number of microseconds"},
      {"30000000", "x", "WATCHDOG_PID is \"x\", which is no process"},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.length);
    CAPTURE(row.pid);
    const auto interval = read_watchdog(
        {{"WATCHDOG_USEC", std::string(row.length)}, {"WATCHDOG_PID", std::string(row.pid)}},
        kSelf);
    if (!interval) {
      CHECK(interval.error().kind == ErrorKind::kInvalid);
      CHECK(interval.error().detail.starts_with(row.result));
      CHECK_FALSE(row.result.empty());
    } else if (*interval) {
      CHECK(std::to_string((*interval)->count()) == row.result);
    } else {
      CHECK(row.result.empty());
    }
  }
  CHECK(read_watchdog({}, kSelf)->has_value() == false);
}

TEST_CASE("output goes to the journal if the variable names what it is open on, to the digit") {
  const testing::TemporaryDirectory directory;
  const Fd fd(::open((directory / "log").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));

  struct stat status {};

  REQUIRE(::fstat(fd.get(), &status) == 0);
  const std::string device = std::to_string(status.st_dev);
  const std::string inode = std::to_string(status.st_ino);

  struct Row {
    std::string stream;
    bool is_journal;
  };

  const Row rows[] = {
      {device + ":" + inode, true},
      {"", false},
      {device + ":" + inode + "0", false},
      {device + "0:" + inode, false},
      {inode + ":" + device, false},
      {device + ":" + inode + " ", false},
      {" " + device + ":" + inode, false},
      {device + ":", false},
      {device, false},
      {":", false},
      {"journal", false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.stream);
    CHECK(writes_to_journal({{"JOURNAL_STREAM", row.stream}}, fd.get()) == row.is_journal);
  }
  CHECK_FALSE(writes_to_journal({}, fd.get()));
  CHECK_FALSE(writes_to_journal({{"JOURNAL_STREAM", device + ":" + inode}}, -1));
}

TEST_CASE("the service manager is asked for time in microseconds") {
  CHECK(extend_timeout(std::chrono::seconds{45}) == "EXTEND_TIMEOUT_USEC=45000000");
}

TEST_CASE("sockets for admins have reserved names") {
  CHECK(PassedSocket{3, "admin"}.is_admin());
  CHECK(PassedSocket{3, "jobsched-admin.socket"}.is_admin());
  for (const std::string name : {"", "jobsched.socket", "api", "Admin", "admin2"}) {
    CAPTURE(name);
    CHECK_FALSE(PassedSocket{3, name}.is_admin());
  }
}

}  // namespace jobsched
