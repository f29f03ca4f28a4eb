// What one account has is to another as if it were not there: over every call of the API.

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <doctest/doctest.h>

#include "core/delivery/delivery.h"
#include "tests/support/api_rig.h"
#include "tests/support/memory_store.h"
#include "tests/support/store_driver.h"

namespace jobsched::testing {

namespace {

constexpr std::string_view kNamed =
    R"({"url":"http://a.test/","when":"2027-01-15T09:00:00Z","name":"nightly"})";
constexpr std::string_view kOther =
    R"({"url":"http://b.test/","when":"2027-01-15T10:00:00Z","name":"nightly"})";

// alice has a job that was fired by hand, with an exhausted delivery, and a secret; bob has
// nothing.
struct Rig : ApiRig {
  explicit Rig(Store& target) : ApiRig(target) {
    for (const char* const name : {"alice", "bob"})
      keys.set(name, hash_account_key(name));
    job = as("alice", "POST", "/1/jobs", kNamed).body;
    delivery = header_of(as("alice", "POST", "/1/jobs/" + job + "/fire"), "Location")
                   .substr(std::string_view("/1/deliveries/").size());
    const Claims claims = StoreDriver(target).claim(clock.now() + Millis{10});
    REQUIRE(claims.claims.size() == 1);
    StoreDriver(target).record(claims.claims.front(), Exhausted{"no use"}, clock.now());
    REQUIRE(as("alice", "POST", "/1/secrets").status == 201);
  }

  http::Response as(const std::string& account,
                    const std::string& method,
                    const std::string& target,
                    std::string_view body = {}) {
    return ask(method, target, body, {{"Authorization", "Bearer " + account}});
  }

  std::string job;
  std::string delivery;
};

}  // namespace

TEST_CASE("another account's jobs, deliveries and secrets are not there, for any call") {
  struct Row {
    std::string method;
    std::string target;  // J is alice's job, D her delivery
    std::string body;
    int own;                 // status for alice …
    int another;             // … and for bob
    std::string_view empty;  // what bob's answer is, if it is a success
  };

  const Row rows[] = {
      {"GET", "/1/jobs", "", 200, 200, ""},
      {"GET", "/1/jobs?limit=10", "", 200, 200, ""},
      {"GET", "/1/jobs/J", "", 200, 404, ""},
      {"HEAD", "/1/jobs/J", "", 200, 404, ""},
      {"PUT", "/1/jobs/J", std::string(kOther), 200, 404, ""},
      {"POST", "/1/jobs/J/pause", "", 200, 404, ""},
      {"POST", "/1/jobs/J/resume", "", 200, 404, ""},
      {"POST", "/1/jobs/J/fire", "", 202, 404, ""},
      {"GET", "/1/jobs/J/deliveries", "", 200, 404, ""},
      {"GET", "/1/deliveries", "", 200, 200, "[]"},
      {"GET", "/1/deliveries?job=J", "", 200, 200, "[]"},
      {"GET", "/1/deliveries?state=exhausted", "", 200, 200, "[]"},
      {"GET", "/1/deliveries/D", "", 200, 404, ""},
      {"POST", "/1/deliveries/D/retry", "", 202, 404, ""},
      {"GET", "/1/secrets", "", 200, 200, "[]"},
      {"DELETE", "/1/jobs/J", "", 204, 404, ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.method);
    CAPTURE(row.target);
    MemoryStore store;
    Rig rig{store};
    std::string target = row.target;
    if (const auto place = target.find("J"); place != std::string::npos) {
      target.replace(place, 1, rig.job);
    }
    if (const auto place = target.find("D"); place != std::string::npos) {
      target.replace(place, 1, rig.delivery);
    }
    const http::Response another = rig.as("bob", row.method, target, row.body);
    CHECK(another.status == row.another);
    if (another.status / 100 == 2 && !another.source) CHECK(another.body == row.empty);
    if (another.source) CHECK(another.content_length == 0);
    const http::Response own = rig.as("alice", row.method, target, row.body);
    CHECK(own.status == row.own);
    if (own.source) CHECK(own.content_length > 0);
  }
}

TEST_CASE("a bulk deletion spares another account's jobs, and says that they are not there") {
  MemoryStore store;
  Rig rig{store};
  const std::string ids = "[\"" + rig.job + "\"]";
  CHECK(rig.as("bob", "POST", "/1/jobs/delete", ids).body == rig.job);
  CHECK(rig.as("alice", "GET", "/1/jobs/" + rig.job).status == 200);
  CHECK(rig.as("alice", "POST", "/1/jobs/delete", ids).body.empty());
}

TEST_CASE("a name is unique within its account only") {
  MemoryStore store;
  Rig rig{store};
  const http::Response made = rig.as("bob", "POST", "/1/jobs", kOther);
  CHECK(made.status == 201);
  CHECK(made.body != rig.job);
  CHECK(rig.as("alice", "POST", "/1/jobs", kOther).status == 200);
  const http::Response job = rig.as("alice", "GET", "/1/jobs/" + rig.job);
  CHECK(job.body.find(R"("account":"alice")") != std::string::npos);
}

TEST_CASE("a document may not name another account") {
  MemoryStore store;
  Rig rig{store};
  const std::string document =
      R"({"account":"bob","url":"http://a.test/","when":"2027-01-15T09:00:00Z"})";
  CHECK(rig.as("alice", "PUT", "/1/jobs/" + rig.job, document).status == 422);
}

TEST_CASE("secrets that one account makes or removes leave another's as they are") {
  MemoryStore store;
  Rig rig{store};
  CHECK(rig.as("bob", "DELETE", "/1/secrets").status == 204);
  CHECK(rig.as("bob", "POST", "/1/secrets").status == 201);
  CHECK(store.secrets("alice", rig.clock.now())->size() == 1);
  CHECK(store.secrets("bob", rig.clock.now())->size() == 1);
  CHECK(rig.as("bob", "DELETE", "/1/secrets").status == 204);
  CHECK(store.secrets("alice", rig.clock.now())->size() == 1);
}

}  // namespace jobsched::testing
