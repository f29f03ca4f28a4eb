#include "daemon/service_manager.h"

#include <string>
#include <string_view>

#include <doctest/doctest.h>

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

TEST_CASE("sockets for admins have reserved names") {
  CHECK(PassedSocket{3, "admin"}.is_admin());
  CHECK(PassedSocket{3, "jobsched-admin.socket"}.is_admin());
  for (const std::string name : {"", "jobsched.socket", "api", "Admin", "admin2"}) {
    CAPTURE(name);
    CHECK_FALSE(PassedSocket{3, name}.is_admin());
  }
}

}  // namespace jobsched
