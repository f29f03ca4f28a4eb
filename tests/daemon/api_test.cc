#include "daemon/api/api.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/api_rig.h"
#include "tests/support/flaky_store.h"
#include "tests/support/memory_store.h"

using jobsched::ErrorKind;
using jobsched::testing::ApiRig;
using jobsched::testing::FlakyStore;
using jobsched::testing::header_of;
using jobsched::testing::MemoryStore;

constexpr auto kDocument = ApiRig::kDocument;

TEST_CASE("the answer to a write is released by its commit, not before") {
  MemoryStore store;
  ApiRig rig{store};
  auto& created = rig.send("POST", "/1/jobs", kDocument);
  CHECK_FALSE(created.has_value());
  CHECK(rig.noticed.empty());
  store.commit_group();
  REQUIRE(created.has_value());
  CHECK(created->status == 201);
  CHECK(rig.noticed == std::vector{ApiRig::kNow + std::chrono::hours{1}});

  const std::string target = "/1/jobs/" + created->body;
  auto& replaced = rig.send("PUT", target, kDocument);
  CHECK_FALSE(replaced.has_value());
  store.commit_group();
  CHECK(replaced.value().status == 200);

  auto& removed = rig.send("DELETE", target);
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
    ApiRig rig{store};
    const auto& answer = rig.send("POST", "/1/jobs", kDocument);
    REQUIRE(answer.has_value());
    CHECK(answer->status == row.status);
    CHECK(rig.noticed.empty());
    CHECK(header_of(*answer, "Retry-After").empty() == (row.status != 503));
  }
}

TEST_CASE("a job that goes between look-up and commit is not found") {
  MemoryStore store;
  ApiRig rig{store};
  const std::string target = "/1/jobs/" + rig.create();
  auto& removed = rig.send("DELETE", target);
  auto& replaced = rig.send("PUT", target, kDocument);
  store.commit_group();
  CHECK(removed.value().status == 204);
  CHECK(replaced.value().status == 404);
}

TEST_CASE("a create of a name that is there is answered as the replacement that it is") {
  MemoryStore store;
  ApiRig rig{store};
  const auto document = [](const std::string& name, const std::string& data) {
    return R"({"url":"http://a.test/","when":"2027-01-15T09:00:00Z","data":")" + data +
           R"(","name":")" + name + R"("})";
  };
  const auto location = [](const jobsched::http::Response& response) {
    const auto found = std::ranges::find(response.headers, std::string("Location"),
                                         [](auto& h) { return h.first; });
    return found == response.headers.end() ? "" : found->second;
  };
  // Both wait for one commit.
  auto& first = rig.send("POST", "/1/jobs", document("a", "1"));
  auto& second = rig.send("POST", "/1/jobs", document("a", "2"));
  store.commit_group();
  const std::string id = first.value().body;
  CHECK(first->status == 201);
  CHECK(second.value().status == 200);
  CHECK(second->body == id);
  CHECK(location(*second) == "/1/jobs/" + id);

  auto& json = rig.send("POST", "/1/jobs", document("a", "3"), {{"Accept", "application/json"}});
  store.commit_group();
  CHECK(json.value().status == 200);
  CHECK(json->body == rig.send("GET", "/1/jobs/" + id).value().body);
  CHECK(json->body.find(R"("data":"3")") != std::string::npos);

  auto& mixed = rig.send(
      "POST", "/1/jobs",
      "[" + document("a", "4") + "," + document("b", "5") + "," + document("b", "6") + "]");
  store.commit_group();
  CHECK(mixed.value().status == 201);
  CHECK(mixed->body.starts_with(id + ","));
  CHECK(mixed->body.substr(37, 36) == mixed->body.substr(74));

  auto& replaced = rig.send("POST", "/1/jobs", "[" + document("a", "7") + "]");
  store.commit_group();
  CHECK(replaced.value().status == 200);
  CHECK(replaced->body == id);
}

TEST_CASE("a replacement cannot take a name that another job has") {
  MemoryStore store;
  ApiRig rig{store};
  const std::string named = R"({"url":"http://a.test/","when":"2027-01-15T09:00:00Z","name":"a"})";
  rig.send("POST", "/1/jobs", named);
  auto& refused = rig.send("PUT", "/1/jobs/" + rig.create(), named);
  store.commit_group();
  CHECK(refused.value().status == 409);
}

TEST_CASE("a callback to an address that it may not go to is refused, however the job is given") {
  MemoryStore store;
  ApiRig rig{store, {true}};
  const std::string target = "/1/jobs/" + rig.create();
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
    auto& answer = rig.send(row.method, row.target, row.body,
                            {{"Content-Type", "application/json"}, {"Accept", "application/json"}});
    store.commit_group();
    REQUIRE(answer.has_value());
    CAPTURE(answer->body);
    CHECK(answer->status == row.status);
    CHECK((answer->body.find("delivery.network") != std::string::npos) == (row.status == 422));
  }
}

TEST_CASE("other limits and rules hold from the next request on, however a job comes") {
  struct Row {
    jobsched::Limits limits;
    jobsched::NetworkRules network;
    int large;   // the status of a job with 3 bytes of data …
    int often;   // … of one that fires every minute …
    int inside;  // … and of one that calls this machine
  };

  const Row rows[] = {
      {{}, {}, 201, 422, 201},
      {{.data = 2}, {}, 422, 422, 201},
      {{.min_interval = std::chrono::minutes{1}}, {}, 201, 201, 201},
      {{}, {true}, 201, 422, 422},
      {{}, {}, 201, 422, 201},
  };
  MemoryStore store;
  ApiRig rig{store};
  const auto create = [&](const std::string& host, const std::string& fields) {
    return rig
        .ask("POST", "/1/jobs", R"({"url":"http://)" + host + R"(/",)" + fields + "}",
             {{"Content-Type", "application/json"}})
        .status;
  };
  const std::string once = R"("when":"2027-01-15T09:00:00Z")";
  const std::string path = "/1/jobs/2027-01-15T09:00:00Z/http:%2F%2F";
  for (const Row& row : rows) {
    rig.api().set(row.limits, row.network);
    CHECK(create("a.test", once + R"(,"data":"xxx")") == row.large);
    CHECK(rig.ask("POST", path + "a.test", "xxx").status == (row.large == 201 ? 201 : 413));
    CHECK(create("a.test", R"("cron":"0 * * * * ?")") == row.often);
    CHECK(create("127.0.0.1", once) == row.inside);
    CHECK(rig.ask("POST", path + "127.0.0.1").status == row.inside);
  }
}

TEST_CASE("a list says its size before its pieces are made, and keeps to it") {
  MemoryStore store;
  ApiRig rig{store};
  std::string expected;
  for (int i = 0; i < 2'500; ++i) {
    expected.append(i == 0 ? "" : ",").append(rig.create());
  }
  auto& answer = rig.send("GET", "/1/jobs");
  REQUIRE(answer.has_value());
  rig.create();  // does not show in a list that has begun
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
