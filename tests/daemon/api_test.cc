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
  explicit Fixture(jobsched::Store& target, jobsched::NetworkRules network = {})
      : store(target),
        api({},
            {store, clock, [this] { return ++random; },
             [this](Instant due) { noticed.push_back(due); }, jobsched::no_zones,
             std::move(network)}) {}

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

TEST_CASE("a callback to an address that it may not go to is refused, however the job is given") {
  MemoryStore store;
  Fixture fixture{store, {true}};
  const std::string target = "/1/jobs/" + fixture.create();
  const std::string document = R"({"url":"http://127.0.0.1/","when":"2027-01-15T09:00:00Z"})";
  const std::string by_name = R"({"url":"http://localhost/","when":"2027-01-15T09:00:00Z"})";

  struct Row {
    std::string method;
    std::string target;
    std::string body;
    int status;
  };

  const Row rows[] = {
      {"POST", "/1/jobs", document, 422},
      {"POST", "/1/jobs", "[" + document + "]", 422},
      {"PUT", target, document, 422},
      {"POST", "/1/jobs/2027-01-15T09:00:00Z/http%3A%2F%2F127.0.0.1%2F", {}, 422},
      {"POST", "/1/jobs", by_name, 201},  // judged at each connect
      {"PUT", target, by_name, 200},
  };
  for (const Row& row : rows) {
    CAPTURE(row.method + " " + row.target + " " + row.body);
    auto& answer =
        fixture.send(row.method, row.target, row.body,
                     {{"Content-Type", "application/json"}, {"Accept", "application/json"}});
    store.commit_group();
    REQUIRE(answer.has_value());
    CAPTURE(answer->body);
    CHECK(answer->status == row.status);
    CHECK((answer->body.find("delivery.network") != std::string::npos) == (row.status == 422));
  }
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
