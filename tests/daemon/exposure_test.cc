#include "daemon/settings/exposure.h"

#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

namespace jobsched {

TEST_CASE("what only this machine can reach") {
  for (const std::string_view address :
       {"127.0.0.1:80", "127.9.9.9:80", "[::1]:80", "localhost:80", "unix:/run/s", "unix:@name"}) {
    CAPTURE(address);
    CHECK(is_local_address(address));
  }
  for (const std::string_view address :
       {"0.0.0.0:80", "[::]:80", "192.0.2.1:80", "[2001:db8::1]:80", "example.com:80", "", "x"}) {
    CAPTURE(address);
    CHECK_FALSE(is_local_address(address));
  }
}

TEST_CASE("beyond this machine a daemon needs accounts and encryption") {
  struct Row {
    std::vector<std::string> addresses;
    bool has_accounts;
    bool has_tls;
    bool allow_plaintext;
    std::string_view fault;  // a part of it; empty: none
  };

  const Row rows[] = {
      {{}, false, false, false, ""},
      {{"127.0.0.1:80", "[::1]:80", "unix:/s"}, false, false, false, ""},
      {{"127.0.0.1:80"}, true, false, false, ""},
      {{"0.0.0.0:80"}, false, false, false, "run `jobsched account add NAME`"},
      {{"0.0.0.0:80"}, false, true, false, "no accounts"},
      {{"0.0.0.0:80"}, false, false, true, "no accounts"},
      {{"127.0.0.1:80", "[::]:80"}, false, true, true, "\"[::]:80\" can be reached"},
      {{"0.0.0.0:80"}, true, false, false, "set tls.cert and tls.key"},
      {{"127.0.0.1:80", "192.0.2.1:80"}, true, false, false, "\"192.0.2.1:80\" can be reached"},
      {{"example.com:80"}, true, false, false, "tls.allow_plaintext: true"},
      {{"0.0.0.0:80"}, true, true, false, ""},
      {{"0.0.0.0:80"}, true, false, true, ""},
      {{"0.0.0.0:80"}, true, true, true, ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.addresses);
    CAPTURE(row.fault);
    const std::string fault =
        exposure_fault({row.addresses, row.has_accounts, row.has_tls, row.allow_plaintext})
            .value_or("");
    CAPTURE(fault);
    CHECK(fault.empty() == row.fault.empty());
    CHECK(fault.find(row.fault) != std::string::npos);
  }
}

}  // namespace jobsched
