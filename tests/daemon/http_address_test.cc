#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "daemon/http/server.h"

namespace jobsched::http {

TEST_CASE("addresses that can be listened on") {
  struct Row {
    std::string text;
    std::string host;
    std::string port;
    std::string path;
    bool loopback;
  };

  const Row rows[] = {
      {"localhost:7243", "localhost", "7243", "", true},
      {"LocalHost:7243", "LocalHost", "7243", "", true},
      {"127.0.0.1:0", "127.0.0.1", "0", "", true},
      {"127.255.0.9:65535", "127.255.0.9", "65535", "", true},
      {"[::1]:7243", "::1", "7243", "", true},
      {"[0:0:0:0:0:0:0:1]:1", "0:0:0:0:0:0:0:1", "1", "", true},
      {"unix:/run/x.sock", "", "", "/run/x.sock", true},
      {"unix:/" + std::string(106, 'x'), "", "", "/" + std::string(106, 'x'), true},
      {"0.0.0.0:80", "0.0.0.0", "80", "", false},
      {"[::]:80", "::", "80", "", false},
      {"[fe80::1%eth0]:80", "fe80::1%eth0", "80", "", false},
      {"[::ffff:127.0.0.1]:80", "::ffff:127.0.0.1", "80", "", false},
      {"128.0.0.1:80", "128.0.0.1", "80", "", false},
      {"127.1:80", "127.1", "80", "", false},
      {"localhost.example.org:80", "localhost.example.org", "80", "", false},
      {"127.0.0.1.example.org:80", "127.0.0.1.example.org", "80", "", false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const auto address = parse_address(row.text);
    REQUIRE(address.has_value());
    CHECK(address->host == row.host);
    CHECK(address->port == row.port);
    CHECK(address->path == row.path);
    CHECK(address->is_loopback() == row.loopback);
  }
}

TEST_CASE("addresses that cannot, and what is said of them") {
  struct Row {
    std::string text;
    std::string_view says;
  };

  const Row rows[] = {
      {"", "write HOST:PORT or unix:/path"},
      {":7243", "say which host"},
      {"*:7243", "write 0.0.0.0 or [::]"},
      {"7243", "write 127.0.0.1:PORT"},
      {"localhost", "the port is missing"},
      {"/run/x.sock", "write unix: before the path"},
      {"http://localhost:7243", "without a scheme"},
      {"::1:7243", "in brackets"},
      {"[::1]", "[ADDRESS]:PORT"},
      {"[::1", "[ADDRESS]:PORT"},
      {"[localhost]:80", "no IPv6 address"},
      {"[127.0.0.1]:80", "no IPv6 address"},
      {"[]:80", "no IPv6 address"},
      {"local host:80", "a name or a numeric address"},
      {"a/b:80", "a name or a numeric address"},
      {"localhost:", "from 0 (any free one) to 65535"},
      {"localhost:65536", "from 0 (any free one) to 65535"},
      {"localhost:99999999999999999999", "from 0 (any free one) to 65535"},
      {"localhost:-1", "from 0 (any free one) to 65535"},
      {"localhost:+1", "from 0 (any free one) to 65535"},
      {"localhost: 1", "from 0 (any free one) to 65535"},
      {"localhost:http", "from 0 (any free one) to 65535"},
      {"[::1]:x", "from 0 (any free one) to 65535"},
      {"unix:", "write the whole path"},
      {"unix:x.sock", "write the whole path"},
      {"unix:@x", "write the whole path"},
      {"unix:/" + std::string(107, 'x'), "at most 107 bytes, and this one has 108"},
      {std::string("unix:/a\0b", 9), "NUL"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const auto address = parse_address(row.text);
    REQUIRE_FALSE(address.has_value());
    CHECK(address.error().kind == ErrorKind::kInvalid);
    CHECK(address.error().detail.find(row.says) != std::string::npos);
    CHECK(address.error().detail.find(row.text) != std::string::npos);
  }
}

}  // namespace jobsched::http
