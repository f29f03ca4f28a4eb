#include "daemon/api/cross_site.h"

#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "tests/support/api_rig.h"
#include "tests/support/memory_store.h"

using jobsched::check_same_site;
using jobsched::http::Headers;
using jobsched::testing::ApiRig;
using jobsched::testing::MemoryStore;

TEST_CASE("a web page of another site changes nothing") {
  struct Row {
    std::string_view method;
    Headers headers;
    bool allowed;
  };

  const Headers::value_type host{"Host", "127.0.0.1:7243"};
  const Row rows[] = {
      // programs
      {"POST", {}, true},
      {"POST", {host}, true},
      // a page that the daemon's host serves
      {"POST", {host, {"Origin", "http://127.0.0.1:7243"}}, true},
      {"POST", {{"host", "Jobs.Test"}, {"origin", "https://jobs.test"}}, true},
      {"POST", {host, {"Sec-Fetch-Site", "same-origin"}}, true},
      {"POST", {host, {"Sec-Fetch-Site", "none"}}, true},
      // … behind a proxy that has a name of its own
      {"POST", {host, {"Origin", "https://jobs.test"}, {"Sec-Fetch-Site", "same-origin"}}, true},
      // pages of others
      {"POST", {host, {"Origin", "http://evil.test"}}, false},
      {"POST", {host, {"Origin", "http://127.0.0.1:8080"}}, false},
      {"POST", {host, {"Origin", "http://127.0.0.1"}}, false},
      {"POST", {host, {"Origin", "null"}}, false},
      {"POST", {{"Origin", "null"}}, false},
      {"POST", {host, {"Origin", ""}}, false},
      {"POST", {host, {"Sec-Fetch-Site", "cross-site"}}, false},
      {"POST", {host, {"Sec-Fetch-Site", "same-site"}}, false},
      {"PUT", {host, {"Origin", "http://evil.test"}}, false},
      {"DELETE", {host, {"Origin", "http://evil.test"}}, false},
      // who only reads gets an answer that the browser does not show to the page
      {"GET", {host, {"Origin", "http://evil.test"}}, true},
      {"HEAD", {host, {"Sec-Fetch-Site", "cross-site"}}, true},
      {"OPTIONS", {host, {"Origin", "http://evil.test"}}, true},
  };
  for (const Row& row : rows) {
    CAPTURE(row.method);
    for (const auto& [name, value] : row.headers) {
      CAPTURE(name);
      CAPTURE(value);
    }
    const auto checked = check_same_site({std::string(row.method), "/1/jobs", row.headers, {}});
    CHECK(checked.has_value() == row.allowed);
    if (!checked) CHECK(checked.error().kind == jobsched::ErrorKind::kForbidden);
  }
}

TEST_CASE("what a web page of another site asks for is not done") {
  MemoryStore store;
  ApiRig rig{store};
  const auto refused =
      rig.ask("POST", "/1/jobs", ApiRig::kDocument, {{"Origin", "http://evil.test"}});
  CHECK(refused.status == 403);
  CHECK(refused.body.find("a web page of another site may not change anything here") !=
        std::string::npos);
  CHECK(rig.ask("GET", "/1/jobs").body.empty());
}
