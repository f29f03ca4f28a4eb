#include "daemon/api/request_log.h"

#include <algorithm>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "daemon/api/answer.h"
#include "tests/support/api_rig.h"
#include "tests/support/recorder.h"

namespace jobsched::testing {

namespace {

void answer_201(http::Request /*request*/, std::unique_ptr<http::Responder> responder) {
  responder->respond(make_answer(201, kTextPlain, "x"));
}

// A request log around a handler.
struct LogRig {
  explicit LogRig(http::Handler handler = answer_201)
      : requests({log, clock, metrics, 7}, std::move(handler)) {}

  http::Response ask(http::Headers headers = {}) {
    std::optional<http::Response> answer;
    requests.handle({"GET", "/1/jobs", std::move(headers), {}}, std::make_unique<Recorder>(answer));
    REQUIRE(answer);
    return *std::move(answer);
  }

  // How many answers had a status of this class.
  std::uint64_t answered(std::size_t first_digit) const {
    return metrics.answers.at(first_digit - 1).value();
  }

  FakeClock clock{ApiRig::kNow};
  Log log{LogLevel::kError, LogFormat::kText};
  HttpMetrics metrics;
  RequestLog requests;
};

}  // namespace

TEST_CASE("a request has the id that its client gave it, if it is one") {
  struct Row {
    std::string text;
    bool is_id;
  };

  const Row rows[] = {
      {"a", true},
      {"01890a5d-ac96-774b-bcce-b302099a8057", true},
      {"A.b_c-9", true},
      {std::string(128, 'x'), true},
      {std::string(129, 'x'), false},
      {"", false},
      {"a b", false},
      {"a,b", false},
      {"a=b", false},
      {"a\"", false},
      {"a/b", false},
      {"\xC3\xA9", false},
  };
  LogRig rig;
  for (const Row& row : rows) {
    CAPTURE(row.text);
    CHECK(is_request_id(row.text) == row.is_id);
    const std::string id = header_of(rig.ask({{"x-request-id", row.text}}), "X-Request-Id");
    CHECK((id == row.text) == row.is_id);
    CHECK(is_request_id(id));
  }
}

TEST_CASE("fresh ids are sixteen hexadecimal digits, and differ") {
  LogRig rig;
  std::set<std::string> ids;
  for (int i = 0; i < 1'000; ++i) {
    const std::string id = header_of(rig.ask(), "X-Request-Id");
    CHECK(id.size() == 16);
    CHECK(id.find_first_not_of("0123456789abcdef") == std::string::npos);
    ids.insert(id);
  }
  CHECK(ids.size() == 1'000);
}

TEST_CASE("a handler that fails has answered with 500 under the request's id") {
  const http::Handler drops = [](http::Request, std::unique_ptr<http::Responder>) {};
  const http::Handler throws = [](http::Request, std::unique_ptr<http::Responder>) {
    throw std::runtime_error("a fault");
  };
  for (const http::Handler& handler : {drops, throws}) {
    LogRig rig(handler);
    const http::Response answer = rig.ask({{"X-Request-Id", "mine"}});
    CHECK(answer.status == 500);
    CHECK(header_of(answer, "X-Request-Id") == "mine");
    CHECK(rig.answered(5) == 1);
  }
}

TEST_CASE("answers to what was no request have an id, and are counted") {
  LogRig rig;
  const auto refused = [&](const http::Request* partial) {
    return header_of(rig.requests.refused(make_answer(400, kTextPlain, "x"), partial),
                     "X-Request-Id");
  };
  CHECK(refused(nullptr).size() == 16);
  const http::Request partial{"GET", "/", {{"X-Request-Id", "mine"}}, {}};
  CHECK(refused(&partial) == "mine");
  CHECK(rig.answered(4) == 2);
  rig.ask();
  CHECK(rig.answered(2) == 1);
}

TEST_CASE("the log shows of a path what cannot hold a secret") {
  struct Row {
    std::string_view path;
    std::string_view shown;
  };

  constexpr Row kRows[] = {
      {"/", "/"},
      {"/1/jobs", "/1/jobs"},
      {"/1/jobs/01890a5d-ac96-774b-bcce-b302099a8057/fire",
       "/1/jobs/01890a5d-ac96-774b-bcce-b302099a8057/fire"},
      {"/1/jobs/2030-01-01T09:00:00+01:00/https%3A%2F%2Fa.test%2F%3Ftoken%3Ds",
       "/1/jobs/2030-01-01T09:00:00+01:00/*"},
      {"/1/jobs/0+0+9+*+*+?/https%3A%2F%2Fa.test", "/1/jobs/*/*"},
      {"/1/jobs/now/https://user:word@a.test/x", "/1/jobs/*/*//*/*"},
      {"/1/jobs/2030-01-01T09:00:00Z/https://hooks.test/T0/B1/x9",
       "/1/jobs/2030-01-01T09:00:00Z/*//*/*/*/*"},
      {"/1/jobs/01890a5d-ac96-774b-bcce-b302099a8057x/fired", "/1/jobs/*/*"},
      {"/1/jobs/delete", "/1/jobs/delete"},
      {"/1/jobs/", "/1/jobs/"},
      {"/1/deliveries/01890a5d-ac96-774b-bcce-b302099a8057_1893456000000/retry",
       "/1/deliveries/01890a5d-ac96-774b-bcce-b302099a8057_1893456000000/retry"},
      {"/1/secrets", "/1/secrets"},
      {"/1/secrets/whsec_c2VjcmV0", "/1/secrets/*"},
      {"/1/accounts/alice/key", "/1/accounts/*/key"},
      {"/healthz", "/healthz"},
      {"/readyz", "/readyz"},
      {"/metrics", "/metrics"},
      {"/openapi.json", "/openapi.json"},
      {"/Jobs", "/*"},
      {"secret", "*"},
      {"*", "*"},
      {"", ""},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.path);
    CHECK(loggable_path(row.path) == row.shown);
  }
}

}  // namespace jobsched::testing
