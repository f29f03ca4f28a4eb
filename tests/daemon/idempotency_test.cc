#include "daemon/api/idempotency.h"

#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "tests/support/api_rig.h"
#include "tests/support/memory_store.h"
#include "tests/support/store_driver.h"

using jobsched::http::Headers;
using jobsched::http::Response;
using jobsched::testing::ApiRig;
using jobsched::testing::header_of;
using jobsched::testing::MemoryStore;
using jobsched::testing::StoreDriver;

namespace {

const Headers::value_type kJson{"Accept", "application/json"};
const Headers::value_type kKey{"Idempotency-Key", "\"k\""};

Headers::value_type key(std::string value) {
  return {"Idempotency-Key", std::move(value)};
}

std::uint64_t jobs_in(MemoryStore& store) {
  return StoreDriver(store).counts().jobs;
}

}  // namespace

TEST_CASE("a request that is sent again with its key gets its first answer again") {
  struct Row {
    std::string target;
    std::string_view body;
    std::uint64_t jobs;
  };

  const Row rows[] = {
      {"/1/jobs", ApiRig::kDocument, 1},
      {"/1/jobs", R"([{"url":"http://a.test/","cron":"0 0 9 ? * *"}])", 1},
      {"/1/jobs", R"([{"url":"http://a.test/","cron":"0 0 9 ? * *"},
                      {"url":"http://a.test/","when":"2027-01-15T09:00:00Z"}])",
       2},
      {"/1/jobs", "[]", 0},
      {"/1/jobs", "<job><url>http://a.test/</url><cron>0 0 9 ? * *</cron></job>", 1},
      {"/1/jobs/2027-01-15T09:00:00Z/http%3A%2F%2Fa.test%2F", "payload", 1},
      {"/1/jobs/0+0+9+%3F+*+*/http%3A%2F%2Fa.test%2F", "", 1},
  };
  for (const Row& row : rows) {
    for (const std::string_view accept : {"text/plain", "application/json", "text/xml"}) {
      CAPTURE(row.target);
      CAPTURE(row.body);
      CAPTURE(accept);
      MemoryStore store;
      ApiRig rig{store};
      const Headers headers{kKey, {"Accept", std::string(accept)}};
      const Response first = rig.ask("POST", row.target, row.body, headers);
      CHECK(first.status == 201);
      CHECK(header_of(first, "Idempotency-Replayed").empty());
      const Response again = rig.ask("POST", row.target, row.body, headers);
      CHECK(again.status == first.status);
      CHECK(again.body == first.body);
      CHECK(header_of(again, "Content-Type") == header_of(first, "Content-Type"));
      CHECK(header_of(again, "Location") == header_of(first, "Location"));
      CHECK(header_of(again, "ETag") == header_of(first, "ETag"));
      CHECK(header_of(again, "Idempotency-Replayed") == "true");
      CHECK(jobs_in(store) == row.jobs);
    }
  }
}

TEST_CASE("without a key each request creates") {
  MemoryStore store;
  ApiRig rig{store};
  CHECK(rig.create() != rig.create());
  CHECK(jobs_in(store) == 2);
}

TEST_CASE("a key of another request is refused") {
  struct Row {
    std::string target;
    std::string_view body;
    Headers headers;
  };

  constexpr std::string_view kPath = "/1/jobs/2027-01-15T09:00:00Z/http%3A%2F%2Fa.test%2F";
  const Row rows[] = {
      {"/1/jobs", R"({"url":"http://b.test/","when":"2027-01-15T09:00:00Z","data":"x"})", {}},
      {"/1/jobs", R"({"url": "http://a.test/","when":"2027-01-15T09:00:00Z","data":"x"})", {}},
      {"/1/jobs", ApiRig::kDocument, {{"Content-Type", "application/json"}}},
      {"/1/jobs", "nonsense", {}},
      {std::string(kPath), "x", {}},
      {std::string(kPath), "", {{"Content-Type", "x"}}},
      {std::string(kPath), "", {{"X-Content-Signature", "x"}}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.target);
    CAPTURE(row.body);
    MemoryStore store;
    ApiRig rig{store};
    REQUIRE(rig.ask("POST", "/1/jobs", ApiRig::kDocument, {kKey}).status == 201);
    Headers headers = row.headers;
    headers.push_back(kKey);
    const Response refused = rig.ask("POST", row.target, row.body, headers);
    CHECK(refused.status == 422);
    CHECK(refused.body.find("another request") != std::string::npos);
    CHECK(jobs_in(store) == 1);
    // The same key, written in the other way.
    CHECK(rig.ask("POST", "/1/jobs", ApiRig::kDocument, {key("k")}).status == 201);
    CHECK(jobs_in(store) == 1);
  }
}

TEST_CASE("what is no key is refused") {
  for (const char* value : {"", "\"\"", "a b", "\"a\", \"b\"", "\"a", "caf\xC3\xA9"}) {
    CAPTURE(value);
    MemoryStore store;
    ApiRig rig{store};
    const Response refused = rig.ask("POST", "/1/jobs", ApiRig::kDocument, {key(value)});
    CHECK(refused.status == 400);
    CHECK(refused.body.find("1 to 255 printable") != std::string::npos);
    CHECK(jobs_in(store) == 0);
  }
}

TEST_CASE("a job that was due meanwhile is answered for, not refused") {
  MemoryStore store;
  ApiRig rig{store};
  const Response first = rig.ask("POST", "/1/jobs", ApiRig::kDocument, {kKey, kJson});
  rig.clock.advance(std::chrono::hours{2});
  const Response again = rig.ask("POST", "/1/jobs", ApiRig::kDocument, {kKey, kJson});
  CHECK(again.status == 201);
  CHECK(again.body == first.body);
  CHECK(rig.ask("POST", "/1/jobs", ApiRig::kDocument, {key("new")}).status == 422);
}

TEST_CASE("a key is as good as new after a day") {
  MemoryStore store;
  ApiRig rig{store};
  constexpr std::string_view kCron = R"({"url":"http://a.test/","cron":"0 0 9 ? * *"})";
  const Response first = rig.ask("POST", "/1/jobs", kCron, {kKey});
  rig.clock.advance(std::chrono::hours{24} - jobsched::Millis{1});
  CHECK(rig.ask("POST", "/1/jobs", kCron, {kKey}).body == first.body);
  rig.clock.advance(jobsched::Millis{1});
  const Response second = rig.ask("POST", "/1/jobs", kCron, {kKey});
  CHECK(second.status == 201);
  CHECK(second.body != first.body);
  CHECK(header_of(second, "Idempotency-Replayed").empty());
}

TEST_CASE("a refused request leaves its key free") {
  MemoryStore store;
  ApiRig rig{store};
  CHECK(rig.ask("POST", "/1/jobs", R"({"url":"http://a.test/"})", {kKey}).status == 422);
  const Response created = rig.ask("POST", "/1/jobs", ApiRig::kDocument, {kKey});
  CHECK(created.status == 201);
  CHECK(header_of(created, "Idempotency-Replayed").empty());
}

TEST_CASE("of two requests of a key that wait together one creates") {
  for (const std::string_view body :
       {std::string_view(ApiRig::kDocument), std::string_view(R"([{"url":"http://a.test/",
                                                            "cron":"0 0 9 ? * *"}])")}) {
    MemoryStore store;
    ApiRig rig{store};
    auto& first = rig.send("POST", "/1/jobs", body, {kKey, kJson});
    auto& second = rig.send("POST", "/1/jobs", body, {kKey, kJson});
    while (store.commit_group()) {
    }
    REQUIRE(first);
    REQUIRE(second);
    CHECK(first->status == 201);
    CHECK(second->status == 201);
    CHECK(second->body == first->body);
    CHECK(header_of(*first, "Idempotency-Replayed").empty());
    CHECK(header_of(*second, "Idempotency-Replayed") == "true");
    CHECK(jobs_in(store) == 1);
    CHECK(rig.noticed.size() == 1);
  }
}

TEST_CASE("who replaced a job by its name is told so again") {
  MemoryStore store;
  ApiRig rig{store};
  constexpr std::string_view kNamed =
      R"({"url":"http://a.test/","when":"2027-01-15T09:00:00Z","name":"n"})";
  const std::string id = rig.create(kNamed);
  for (int time = 0; time < 2; ++time) {
    const Response answer = rig.ask("POST", "/1/jobs", kNamed, {kKey});
    CHECK(answer.status == 200);
    CHECK(answer.body == id);
    CHECK(header_of(answer, "Location") == "/1/jobs/" + id);
  }
}
