#include "daemon/api/host_names.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "daemon/api/admin_api.h"
#include "tests/support/api_rig.h"
#include "tests/support/memory_store.h"
#include "tests/support/recorder.h"

namespace jobsched::testing {

namespace {

// Of a listener for TCP.
http::Request request_for(std::string_view host) {
  return {"GET", "/1/jobs", {{"Host", std::string(host)}}, {}, "127.0.0.1"};
}

}  // namespace

TEST_CASE("a daemon is asked by names that no web page can have") {
  struct Row {
    std::string_view host;
    bool is_own;
  };

  constexpr Row kRows[] = {
      // this machine
      {"127.0.0.1:7243", true},
      {"127.0.0.1", true},
      {"127.1.2.3:80", true},
      {"[::1]:7243", true},
      {"[::1]", true},
      {"localhost:7243", true},
      {"LocalHost", true},
      {"localhost.", true},
      {"jobs.localhost:7243", true},
      // any address: the browser has asked no name server for it
      {"192.0.2.1:7243", true},
      {"[2001:db8::1]:7243", true},
      // what the daemon is set to listen on
      {"jobs.internal:7243", true},
      {"JOBS.internal", true},
      {"jobs.internal.:80", true},
      // anything else
      {"evil.test", false},
      {"evil.test:7243", false},
      {"localhost.evil.test", false},
      {"notlocalhost", false},
      {"127.0.0.1.evil.test", false},
      {"127.0.0.1.evil.test:7243", false},
      {"evil.jobs.internal", false},
      {"other.internal", false},
      // no spelling of an address that is an address everywhere
      {"127.1", false},
      {"2130706433", false},
      {"0x7f.0.0.1", false},
      {"127.0.0.01", false},
      {"[::1", false},
      {"[evil.test]", false},
  };
  const HostNames hosts({"127.0.0.1:7243", "Jobs.Internal:7243", "unix:/run/jobsched.sock"});
  for (const Row& row : kRows) {
    CAPTURE(row.host);
    CHECK(!hosts.fault(request_for(row.host)) == row.is_own);
  }
}

TEST_CASE("the refusal names the host and says how to ask") {
  CHECK(HostNames().fault(request_for("Evil.Test:7243")) ==
        "this daemon does not go by the name \"evil.test\", which a web page may have made up to "
        "reach it; ask it by its IP address, as localhost, or by a host that it is set to listen "
        "on");
}

TEST_CASE("what no browser can have sent may have any name, or none") {
  const HostNames hosts;
  http::Request on_unix_socket = request_for("admin");
  on_unix_socket.peer.clear();
  CHECK(!hosts.fault(on_unix_socket));
  http::Request without_host = request_for("");
  CHECK(!hosts.fault(without_host));
  without_host.headers.clear();
  CHECK(!hosts.fault(without_host));
}

TEST_CASE("without accounts the API answers to names of the daemon's own only") {
  struct Row {
    std::string_view method;
    std::string_view target;
    std::string_view host;
    int status;
  };

  constexpr Row kRows[] = {
      {"GET", "/1/jobs", "evil.test", 421},
      {"HEAD", "/1/jobs", "evil.test", 421},
      {"POST", "/1/jobs", "evil.test", 421},
      {"DELETE", "/1/secrets", "evil.test", 421},
      {"GET", "/1/nothing", "evil.test", 421},
      {"GET", "/1/jobs", "127.0.0.1:7243", 200},
      {"POST", "/1/jobs", "localhost", 201},
      // what is the same for everybody
      {"GET", "/", "evil.test", 200},
      {"GET", "/openapi.json", "evil.test", 200},
  };
  MemoryStore store;
  ApiRig rig{store};
  rig.peer = "127.0.0.1";
  const auto ask = [&](std::string_view method, std::string_view target, std::string_view host) {
    return rig
        .ask(std::string(method), std::string(target), ApiRig::kDocument,
             {{"Host", std::string(host)}})
        .status;
  };
  for (const Row& row : kRows) {
    CAPTURE(row.method);
    CAPTURE(row.target);
    CAPTURE(row.host);
    CHECK(ask(row.method, row.target, row.host) == row.status);
  }
  CHECK(store.list("default", {}, {}).value()->count() == 1);
}

TEST_CASE("with accounts the key protects, and any name will do") {
  MemoryStore store;
  ApiRig rig{store};
  const std::string key = "jsk_" + std::string(43, 'a');
  rig.keys.set("alice", hash_account_key(key));
  rig.peer = "192.0.2.1";
  const http::Headers::value_type host{"Host", "jobs.example.com"};
  CHECK(rig.ask("GET", "/1/jobs", {}, {host, {"Authorization", "Bearer " + key}}).status == 200);
  CHECK(rig.ask("GET", "/1/jobs", {}, {host}).status == 401);
}

TEST_CASE("on the admin listener no key protects, so the host must be its own in any case") {
  struct Row {
    std::string_view target;
    std::string_view peer;
    std::string_view host;
    int status;
  };

  constexpr Row kRows[] = {
      {"/metrics", "127.0.0.1", "127.0.0.1:7244", 200},
      {"/metrics", "127.0.0.1", "jobs.internal:7244", 200},
      {"/metrics", "127.0.0.1", "evil.test:7244", 421},
      {"/1/accounts", "127.0.0.1", "evil.test:7244", 421},
      {"/metrics", "", "admin", 200},
      // a supervisor's question, which says nothing of the daemon's work
      {"/healthz", "127.0.0.1", "evil.test:7244", 200},
  };
  MemoryStore store;
  FakeClock clock{ApiRig::kNow};
  AccountKeys keys;
  keys.set("alice", hash_account_key("jsk_" + std::string(43, 'a')));
  const HealthApi health([] { return Result<void>(); });
  const AdminApi api({health, [] { return "a 1\n"; },
                      AccountsApi({store, keys, clock, [] { return std::uint64_t{0}; }}),
                      HostNames({"jobs.internal:7244"})});
  for (const Row& row : kRows) {
    CAPTURE(row.target);
    CAPTURE(row.host);
    std::optional<http::Response> answer;
    api.handle({"GET",
                std::string(row.target),
                {{"Host", std::string(row.host)}},
                {},
                std::string(row.peer)},
               std::make_unique<Recorder>(answer));
    REQUIRE(answer);
    CHECK(answer->status == row.status);
  }
}

}  // namespace jobsched::testing
