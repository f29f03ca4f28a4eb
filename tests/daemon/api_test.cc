#include "daemon/api/api.h"

#include <algorithm>
#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/fake_clock.h"
#include "tests/support/flaky_store.h"
#include "tests/support/memory_store.h"

using jobsched::Api;
using jobsched::ErrorKind;
using jobsched::Instant;
using jobsched::Millis;
using jobsched::testing::FakeClock;
using jobsched::testing::FlakyStore;
using jobsched::testing::MemoryStore;

namespace {

constexpr Instant kNow{Millis{1'800'000'000'000}};  // 2027-01-15T08:00:00Z
constexpr std::string_view kDocument =
    R"({"url":"http://a.test/","when":"2027-01-15T09:00:00Z","data":"x"})";

// Keeps what it is told, for the test to look at.
class Recorder final : public jobsched::http::Responder {
 public:
  explicit Recorder(std::optional<jobsched::http::Response>& answer) : answer_(answer) {}

  void respond(jobsched::http::Response response) override { answer_ = std::move(response); }

 private:
  std::optional<jobsched::http::Response>& answer_;
};

struct Fixture {
  explicit Fixture(jobsched::Store& target)
      : store(target),
        api({},
            {store, clock, [this] { return ++random; },
             [this](Instant due) { noticed.push_back(due); }}) {}

  // Sends a request; its answer appears in the returned place, at once or after a commit.
  std::optional<jobsched::http::Response>& send(std::string method,
                                                std::string target,
                                                std::string_view body = {},
                                                jobsched::http::Headers headers = {}) {
    answers.emplace_back();
    api.handle({std::move(method), std::move(target), std::move(headers), std::string{body}},
               std::make_unique<Recorder>(answers.back()));
    return answers.back();
  }

  std::string create() {
    auto& answer = send("POST", "/1/jobs", kDocument);
    store.commit_group();
    REQUIRE(answer);
    return answer->body;
  }

  FakeClock clock{kNow};
  jobsched::Store& store;
  std::uint64_t random = 0;
  std::vector<Instant> noticed;
  std::deque<std::optional<jobsched::http::Response>> answers;
  Api api;
};

}  // namespace

TEST_CASE("the answer to a write is released by its commit, not before") {
  MemoryStore store;
  Fixture fixture{store};
  auto& created = fixture.send("POST", "/1/jobs", kDocument);
  CHECK_FALSE(created.has_value());
  CHECK(fixture.noticed.empty());
  store.commit_group();
  REQUIRE(created.has_value());
  CHECK(created->status == 201);
  CHECK(fixture.noticed == std::vector{kNow + std::chrono::hours{1}});

  const std::string target = "/1/jobs/" + created->body;
  auto& replaced = fixture.send("PUT", target, kDocument);
  CHECK_FALSE(replaced.has_value());
  store.commit_group();
  CHECK(replaced.value().status == 200);

  auto& removed = fixture.send("DELETE", target);
  CHECK_FALSE(removed.has_value());
  store.commit_group();
  CHECK(removed.value().status == 204);
}

TEST_CASE("a failed commit takes the place of the answer") {
  struct Row {
    ErrorKind kind;
    int status;
  };

  const Row rows[] = {
      {ErrorKind::kStoreFull, 507}, {ErrorKind::kUnavailable, 503}, {ErrorKind::kInternal, 500}};
  for (const Row& row : rows) {
    CAPTURE(row.status);
    MemoryStore memory;
    FlakyStore store{memory};
    store.fail_creates(1, row.kind);
    Fixture fixture{store};
    const auto& answer = fixture.send("POST", "/1/jobs", kDocument);
    REQUIRE(answer.has_value());
    CHECK(answer->status == row.status);
    CHECK(fixture.noticed.empty());
    const bool retry_after = std::ranges::any_of(
        answer->headers, [](const auto& header) { return header.first == "Retry-After"; });
    CHECK(retry_after == (row.status == 503));
  }
}

TEST_CASE("a job that goes between look-up and commit is not found") {
  MemoryStore store;
  Fixture fixture{store};
  const std::string target = "/1/jobs/" + fixture.create();
  auto& removed = fixture.send("DELETE", target);
  auto& replaced = fixture.send("PUT", target, kDocument);
  store.commit_group();
  CHECK(removed.value().status == 204);
  CHECK(replaced.value().status == 404);
}

TEST_CASE("a list says its size before its pieces are made, and keeps to it") {
  MemoryStore store;
  Fixture fixture{store};
  std::string expected;
  for (int i = 0; i < 2'500; ++i) {
    expected.append(i == 0 ? "" : ",").append(fixture.create());
  }
  auto& answer = fixture.send("GET", "/1/jobs");
  REQUIRE(answer.has_value());
  fixture.create();  // does not show in a list that has begun
  CHECK(answer->content_length == expected.size());
  std::string body;
  std::size_t pieces = 0;
  for (std::optional<std::string> piece = answer->source->next(); piece && !piece->empty();
       piece = answer->source->next()) {
    CHECK(piece->size() < 100'000);
    body += *piece;
    ++pieces;
  }
  CHECK(pieces > 2);
  CHECK(body == expected);
}

TEST_CASE("a new signing secret is shown once, when it is on disk") {
  MemoryStore store;
  Fixture fixture{store};
  auto& made = fixture.send("POST", "/1/secrets");
  CHECK_FALSE(made.has_value());
  store.commit_group();
  REQUIRE(made.has_value());
  CHECK(made->status == 201);
  const auto secret = jobsched::SigningSecret::parse(made->body);
  REQUIRE(secret);
  CHECK(secret->bytes().size() == jobsched::SigningSecret::kNewBytes);
  const auto kept = store.secrets("default", kNow).value();
  CHECK(kept == std::vector{jobsched::AccountSecret{*secret, kNow}});
  CHECK(fixture.send("GET", "/1/secrets").value().body ==
        R"([{"created":"2027-01-15T08:00:00Z"}])");
}

TEST_CASE("the secret before a new one goes on for the overlap") {
  struct Row {
    std::string_view query;
    std::optional<Millis> overlap;  // absent: refused
  };

  using namespace std::chrono_literals;
  const Row rows[] = {
      {"", 24h},
      {"?overlap=1h30m", 90min},
      {"?overlap=0s", 0s},
      {"?overlap=30d", 720h},
      {"?overlap=31d", {}},
      {"?overlap=", {}},
      {"?overlap=1", {}},
      {"?overlap=-1s", {}},
      {"?overlap=soon", {}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.query);
    MemoryStore store;
    Fixture fixture{store};
    fixture.send("POST", "/1/secrets");
    store.commit_group();
    auto& made = fixture.send("POST", "/1/secrets" + std::string(row.query));
    store.commit_group();
    REQUIRE(made.has_value());
    CHECK(made->status == (row.overlap ? 201 : 400));
    const auto kept = store.secrets("default", kNow).value();
    if (!row.overlap) {
      CHECK(made->body.find("overlap must be a duration from 0s to 30d") != std::string::npos);
      CHECK(kept.size() == 1);
    } else if (*row.overlap == Millis{0}) {
      CHECK(kept.size() == 1);
    } else {
      CHECK(kept.at(1).ends == kNow + *row.overlap);
    }
  }
}

TEST_CASE("what is not asked of secrets rightly changes nothing") {
  MemoryStore store;
  Fixture fixture{store};
  CHECK(fixture.send("POST", "/1/secrets", "{}").value().status == 422);
  CHECK(fixture.send("POST", "/1/secrets", "", {{"Accept", "image/png"}}).value().status == 406);
  CHECK(fixture.send("GET", "/1/secrets", "", {{"Accept", "text/plain"}}).value().status == 406);
  const auto& refused = fixture.send("PUT", "/1/secrets").value();
  CHECK(refused.status == 405);
  CHECK(std::ranges::count(refused.headers, std::pair<std::string, std::string>{
                                                "Allow", "GET, HEAD, POST, DELETE"}) == 1);
  CHECK_FALSE(store.commit_group());
}

TEST_CASE("a change of secrets whose commit fails gives no secret away") {
  MemoryStore memory;
  FlakyStore store{memory};
  Fixture fixture{store};
  store.fail_changes(2, ErrorKind::kStoreFull);
  const auto& made = fixture.send("POST", "/1/secrets").value();
  CHECK(made.status == 507);
  CHECK(made.body.find("whsec_") == std::string::npos);
  CHECK(fixture.send("DELETE", "/1/secrets").value().status == 507);
}

TEST_CASE("removing the secrets ends signing") {
  MemoryStore store;
  Fixture fixture{store};
  fixture.send("POST", "/1/secrets");
  store.commit_group();
  auto& removed = fixture.send("DELETE", "/1/secrets");
  CHECK_FALSE(removed.has_value());
  store.commit_group();
  CHECK(removed.value().status == 204);
  CHECK(fixture.send("GET", "/1/secrets").value().body == "[]");
}
