#include "cmd/server_address.h"

#include <doctest/doctest.h>

namespace jobsched::cmd {

TEST_CASE("server addresses") {
  struct Row {
    std::string_view text;
    std::string_view authority;
    std::string_view host;
    std::string_view port;
    std::string_view path;
    bool tls;
    std::string_view socket;
  };

  constexpr Row kRows[] = {
      {"http://127.0.0.1:7243", "127.0.0.1:7243", "127.0.0.1", "7243", "", false, ""},
      {"http://localhost", "localhost", "localhost", "80", "", false, ""},
      {"http://localhost:", "localhost:", "localhost", "80", "", false, ""},
      {"http://[::1]:80/", "[::1]:80", "::1", "80", "", false, ""},
      {"https://[2001:db8::1]", "[2001:db8::1]", "2001:db8::1", "443", "", true, ""},
      {"HTTPS://jobs.example.org", "jobs.example.org", "jobs.example.org", "443", "", true, ""},
      {"https://example.org/jobs/", "example.org", "example.org", "443", "/jobs", true, ""},
      {"https://example.org/a%2Fb//", "example.org", "example.org", "443", "/a%2Fb", true, ""},
      {"unix:/run/jobsched/api.sock", "localhost", "localhost", "", "", false,
       "/run/jobsched/api.sock"},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.text);
    const auto address = parse_server_address(row.text);
    REQUIRE(address);
    CHECK(address->text == row.text);
    CHECK(address->authority == row.authority);
    CHECK(address->host == row.host);
    CHECK(address->port == row.port);
    CHECK(address->path == row.path);
    CHECK(address->tls == row.tls);
    CHECK(address->socket == row.socket);
  }
  CHECK(parse_server_address(kDefaultServer));
}

TEST_CASE("what is no server address is refused with what to write") {
  struct Row {
    std::string_view text;
    std::string_view why;
  };

  constexpr Row kRows[] = {
      {"", "is not the address of a server"},
      {"127.0.0.1:7243", "is not the address of a server"},
      {"localhost", "is not the address of a server"},
      {"ftp://x", "is not the address of a server"},
      {"http:", "is not the address of a server"},
      {"http:/x", "is not the address of a server"},
      {"http://", "has no host"},
      {"http:///x", "has no host"},
      {"http://:80", "has no host"},
      {"http://ann:secret@x", "has a user name"},
      {"http://x?y", "has characters out of place"},
      {"http://x#y", "has characters out of place"},
      {"http://x y", "has characters out of place"},
      {"http://x\r\nHost: y", "has characters out of place"},
      {"http://a,b", "has no host and port that there can be"},
      {"http://x:99999", "has no host and port that there can be"},
      {"http://x:http", "has no host and port that there can be"},
      {"http://[::1", "has no host and port that there can be"},
      {"http://::1", "has no host"},
      {"unix:", "is not the whole path of a socket"},
      {"unix:api.sock", "is not the whole path of a socket"},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.text);
    const auto address = parse_server_address(row.text);
    REQUIRE(!address);
    CHECK(address.error().detail.find(row.why) != std::string::npos);
    CHECK(address.error().detail.find("write it like http://127.0.0.1:7243") != std::string::npos);
  }
}

}  // namespace jobsched::cmd
