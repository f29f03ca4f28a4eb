#include "cmd/server_address.h"

#include <doctest/doctest.h>

namespace jobsched::cmd {

TEST_CASE("server addresses") {
  struct Row {
    std::string_view text;
    std::string_view url;
    std::string_view socket;
  };

  constexpr Row kRows[] = {
      {"http://127.0.0.1:7243", "http://127.0.0.1:7243", ""},
      {"http://localhost", "http://localhost", ""},
      {"http://[::1]:80/", "http://[::1]:80", ""},
      {"HTTPS://jobs.example.org", "HTTPS://jobs.example.org", ""},
      {"https://example.org/jobs/", "https://example.org/jobs", ""},
      {"unix:/run/jobsched/api.sock", "http://localhost", "/run/jobsched/api.sock"},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.text);
    const auto address = parse_server_address(row.text);
    REQUIRE(address);
    CHECK(address->text == row.text);
    CHECK(address->url == row.url);
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
