#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "daemon/http/listener.h"
#include "tests/support/http_client.h"
#include "tests/support/http_server.h"

namespace jobsched::http {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kGet = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n";

// A directory for sockets, short enough for their addresses.
class SocketDirectory {
 public:
  SocketDirectory() {
    std::string name = "/tmp/jobsched-XXXXXX";
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }

  SocketDirectory(const SocketDirectory&) = delete;
  SocketDirectory& operator=(const SocketDirectory&) = delete;

  ~SocketDirectory() { fs::remove_all(path_); }

  fs::path file(std::string_view name) const { return path_ / name; }

 private:
  fs::path path_;
};

Address unix_address(const fs::path& path) {
  return Address{.host = {}, .port = {}, .path = path};
}

// Leaves a socket that nobody listens on, as a process that was killed does.
void leave_stale_socket(const fs::path& path) {
  const Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.native().copy(address.sun_path, sizeof address.sun_path - 1);
  const void* const any = &address;
  REQUIRE(::bind(fd.get(), static_cast<const sockaddr*>(any), sizeof address) == 0);
  REQUIRE(::listen(fd.get(), 1) == 0);
}

void check_refused(const Address& address, std::string_view names, std::string_view says) {
  const auto listeners = open_listeners(address);
  REQUIRE_FALSE(listeners.has_value());
  CHECK(listeners.error().kind == ErrorKind::kUnavailable);
  CHECK(listeners.error().detail.find(names) != std::string::npos);
  CHECK(listeners.error().detail.find(says) != std::string::npos);
}

}  // namespace

TEST_CASE("two servers cannot share a port") {
  const auto first = open_listeners(*parse_address("127.0.0.1:0"));
  REQUIRE(first.has_value());
  const std::string text = first->front().text;
  check_refused(*parse_address(text), text, "already in use");
}

TEST_CASE("a port is free again when its listener has gone") {
  std::string text;
  {
    TestServer server;
    text = server.address();
    CHECK(ask(text, kGet).status == 200);
  }
  CHECK(open_listeners(*parse_address(text)).has_value());
}

TEST_CASE("the addresses of a name share one port") {
  const auto listeners = open_listeners(*parse_address("localhost:0"));
  REQUIRE(listeners.has_value());
  const auto port = [](const Listener& listener) { return parse_address(listener.text)->port; };
  CHECK(port(listeners->front()) != "0");
  for (const Listener& listener : *listeners)
    CHECK(port(listener) == port(listeners->front()));
}

TEST_CASE("an address that is not this machine's is refused") {
  check_refused(*parse_address("192.0.2.1:0"), "192.0.2.1:0", "cannot");
}

TEST_CASE("a UNIX socket serves its owner and group, and goes with its server") {
  const SocketDirectory directory;
  const fs::path path = directory.file("s");
  const mode_t before = ::umask(0077);
  {
    TestServer server(echo, {}, {"unix:" + path.string()});

    struct stat status {};

    REQUIRE(::stat(path.c_str(), &status) == 0);
    CHECK(S_ISSOCK(status.st_mode));
    CHECK((status.st_mode & 0777) == 0660);
    CHECK(server.address() == "unix:" + path.string());
    CHECK(ask(server.address(), kGet).body == "GET /x ");
  }
  ::umask(before);
  CHECK_FALSE(fs::exists(path));
}

TEST_CASE("a UNIX socket that a dead process left is replaced") {
  const SocketDirectory directory;
  const fs::path path = directory.file("s");
  leave_stale_socket(path);
  REQUIRE(fs::is_socket(path));
  TestServer server(echo, {}, {"unix:" + path.string()});
  CHECK(ask(server.address(), kGet).status == 200);
}

TEST_CASE("a UNIX socket that answers is left alone") {
  const SocketDirectory directory;
  const fs::path path = directory.file("s");
  TestServer server(echo, {}, {"unix:" + path.string()});
  check_refused(unix_address(path), path.native(), "another process listens");
  CHECK(ask(server.address(), kGet).status == 200);
}

TEST_CASE("a file that is no socket is left alone") {
  const SocketDirectory directory;
  const fs::path path = directory.file("s");
  std::ofstream(path) << "precious";
  check_refused(unix_address(path), path.native(), "is not a socket");
  CHECK(fs::file_size(path) == 8);
  const fs::path link = directory.file("link");
  fs::create_symlink(path, link);
  check_refused(unix_address(link), link.native(), "is not a socket");
  CHECK(fs::exists(link));
}

TEST_CASE("a directory that is not there is named") {
  const SocketDirectory directory;
  check_refused(unix_address(directory.file("none/s")), "none/s", "directory cannot be opened");
}

TEST_CASE("a socket file that another process put there since is not removed") {
  const SocketDirectory directory;
  const fs::path path = directory.file("s");
  {
    const auto listeners = open_listeners(unix_address(path));
    REQUIRE(listeners.has_value());
    fs::remove(path);
    leave_stale_socket(path);
  }
  CHECK(fs::exists(path));
}

}  // namespace jobsched::http
