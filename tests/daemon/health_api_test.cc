#include "daemon/api/health_api.h"

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

http::Response ask(const Result<void>& ready,
                   std::string_view method,
                   std::string_view target,
                   std::string_view accept = "") {
  const HealthApi health([&] { return ready; });
  MemoryStore store;
  FakeClock clock{ApiRig::kNow};
  AccountKeys keys;
  const AdminApi api({health, [] { return "a 1\n"; },
                      AccountsApi({store, keys, clock, [] { return std::uint64_t{0}; }})});
  http::Request request{std::string(method), std::string(target), {}, {}};
  if (!accept.empty()) request.headers.emplace_back("Accept", accept);
  std::optional<http::Response> answer;
  api.handle(std::move(request), std::make_unique<Recorder>(answer));
  REQUIRE(answer);
  return *std::move(answer);
}

}  // namespace

TEST_CASE("what is asked for on the admin listener") {
  struct Row {
    std::string_view method;
    std::string_view target;
    std::string_view accept;
    int status;
    std::string_view type;
    std::string_view body;  // a part of it
  };

  constexpr Row kRows[] = {
      {"GET", "/healthz", "", 200, "text/plain; charset=utf-8", "ok"},
      {"HEAD", "/healthz", "", 200, "text/plain; charset=utf-8", "ok"},
      {"GET", "/healthz?verbose", "", 200, "text/plain; charset=utf-8", "ok"},
      {"GET", "/healthz", "application/json", 200, "application/json; charset=utf-8",
       R"({"status":"ok","version":")"},
      {"GET", "/healthz", "text/xml", 200, "text/xml; charset=utf-8",
       "<health><status>ok</status><version>"},
      {"GET", "/healthz", "image/png", 406, "text/plain; charset=utf-8", "406"},
      {"GET", "/readyz", "", 200, "text/plain; charset=utf-8", "ok"},
      {"GET", "/metrics", "", 200, "text/plain; version=0.0.4; charset=utf-8", "a 1\n"},
      {"HEAD", "/metrics", "", 200, "text/plain; version=0.0.4; charset=utf-8", "a 1\n"},
      {"GET", "/metrics", "application/openmetrics-text", 200,
       "text/plain; version=0.0.4; charset=utf-8", "a 1\n"},
      {"GET", "/1/jobs", "", 404, "text/plain; charset=utf-8", "this is the admin listener"},
      {"GET", "/healthz/", "", 404, "text/plain; charset=utf-8", "404"},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.target);
    CAPTURE(row.accept);
    const http::Response answer = ask({}, row.method, row.target, row.accept);
    CHECK(answer.status == row.status);
    CHECK(header_of(answer, "Content-Type") == row.type);
    CHECK(answer.body.find(row.body) != std::string::npos);
  }
}

TEST_CASE("who watches only reads") {
  for (const std::string_view target : {"/healthz", "/readyz", "/metrics"}) {
    for (const std::string_view method : {"POST", "PUT", "DELETE", "PATCH", "OPTIONS"}) {
      CAPTURE(target);
      CAPTURE(method);
      const http::Response answer = ask({}, method, target);
      CHECK(answer.status == 405);
      CHECK(header_of(answer, "Allow") == "GET, HEAD");
    }
  }
}

TEST_CASE("a daemon that is not ready is alive, and says why") {
  const Result<void> not_ready = fail(ErrorKind::kUnavailable, "the store cannot be written");
  CHECK(ask(not_ready, "GET", "/healthz").status == 200);
  const http::Response answer = ask(not_ready, "GET", "/readyz", "application/json");
  CHECK(answer.status == 503);
  CHECK_FALSE(header_of(answer, "Retry-After").empty());
  CHECK(header_of(answer, "Content-Type") == "application/problem+json; charset=utf-8");
  CHECK(answer.body.find("the store cannot be written") != std::string::npos);
}

}  // namespace jobsched::testing
