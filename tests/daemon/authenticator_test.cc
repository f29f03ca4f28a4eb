#include "daemon/api/authenticator.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "core/text/base64.h"
#include "tests/support/api_rig.h"
#include "tests/support/memory_store.h"

namespace jobsched::testing {

namespace {

const std::string kAliceKey = "jsk_" + std::string(43, 'a');
const std::string kBobKey = "jsk_" + std::string(43, 'b');

http::Headers bearer(const std::string& key) {
  return {{"Authorization", "Bearer " + key}};
}

std::string basic(std::string_view credentials) {
  return "Basic " + encode_base64(std::string(credentials));
}

struct Rig : ApiRig {
  explicit Rig(Store& target, int requests_per_second = 0)
      : ApiRig(target, {}, requests_per_second) {
    keys.set("alice", hash_account_key(kAliceKey));
    keys.set("bob", hash_account_key(kBobKey));
  }

  int status(http::Headers headers) { return ask("GET", "/1/jobs", {}, std::move(headers)).status; }
};

std::vector<std::string> challenges(const http::Response& response) {
  std::vector<std::string> found;
  for (const auto& [name, value] : response.headers) {
    if (name == "WWW-Authenticate") found.push_back(value);
  }
  return found;
}

}  // namespace

TEST_CASE("without accounts everybody is the account default, whatever is sent") {
  MemoryStore store;
  ApiRig rig{store};
  CHECK(rig.ask("GET", "/1/jobs").status == 200);
  CHECK(rig.ask("GET", "/1/jobs", {}, bearer("jsk_x")).status == 200);
  rig.create();
  CHECK(store.list("default", {}, {}).value()->count() == 1);
}

TEST_CASE("with accounts a call is its account's whose key it sends, as Bearer or Basic") {
  struct Row {
    std::string authorization;
    std::string_view account;  // empty: nobody's
  };

  const Row rows[] = {
      {"Bearer " + kAliceKey, "alice"},
      {"bearer " + kAliceKey, "alice"},
      {"Bearer   " + kBobKey, "bob"},
      {basic("alice:" + kAliceKey), "alice"},
      {"BASIC" + basic("bob:" + kBobKey).substr(5), "bob"},
      {"", ""},
      {"Bearer", ""},
      {"Bearer ", ""},
      {"Bearer jsk_wrong", ""},
      {"Bearer " + kAliceKey + "x", ""},
      {"Bearer " + kAliceKey.substr(0, 46), ""},
      {"Bearer " + kAliceKey + ", Bearer " + kAliceKey, ""},
      {"Bearer" + kAliceKey, ""},
      {kAliceKey, ""},
      {"Digest " + kAliceKey, ""},
      {basic("alice:" + kBobKey), ""},  // another's key
      {basic("carol:" + kAliceKey), ""},
      {basic("Alice:" + kAliceKey), ""},
      {basic(":" + kAliceKey), ""},
      {basic(kAliceKey), ""},
      {basic("alice:"), ""},
      {"Basic alice:" + kAliceKey, ""},
      {"Basic ", ""},
      {"Basic !!!", ""},
      {std::string("Bearer \0", 8), ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.authorization);
    MemoryStore store;
    Rig rig{store};
    const http::Response created =
        rig.ask("POST", "/1/jobs", ApiRig::kDocument,
                {{"Authorization", row.authorization}, {"Accept", "application/json"}});
    if (row.account.empty()) {
      CHECK(created.status == 401);
      CHECK(challenges(created).size() == 2);
    } else {
      CHECK(created.status == 201);
      CHECK(store.list(row.account, {}, {}).value()->count() == 1);
      CHECK(created.body.find(R"("account":")" + std::string(row.account) + '"') !=
            std::string::npos);
    }
    CHECK(store.list("default", {}, {}).value()->count() == 0);
  }
}

TEST_CASE("who sends no key is told how, in the format asked for, whatever the path") {
  struct Row {
    std::string_view method;
    std::string_view target;
  };

  const Row rows[] = {
      {"GET", "/1/jobs"},
      {"HEAD", "/1/jobs"},
      {"POST", "/1/jobs"},
      {"BREW", "/1/jobs"},
      {"GET", "/1/jobs?limit=1"},
      {"DELETE", "/1/jobs/01890a5d-ac96-774b-bcce-b302099a8057"},
      {"POST", "/1/jobs/delete"},
      {"POST", "/1/jobs/2030-01-01T00:00:00Z/http:%2F%2Fa.test%2F"},
      {"GET", "/1/deliveries"},
      {"GET", "/1/secrets"},
      {"GET", "/1/"},
      {"GET", "/1/nothing"},
      {"GET", "/1/accounts"},
      {"GET", "/1/jobs/%zz"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.target);
    MemoryStore store;
    Rig rig{store};
    const http::Response refused = rig.ask(std::string(row.method), std::string(row.target), {},
                                           {{"Accept", "application/json"}});
    CHECK(refused.status == 401);
    CHECK(challenges(refused) ==
          std::vector<std::string>{R"(Bearer realm="jobsched")",
                                   R"(Basic realm="jobsched", charset="UTF-8")"});
    CHECK(header_of(refused, "Content-Type") == "application/problem+json; charset=utf-8");
    CHECK(refused.body.find("Authorization: Bearer KEY") != std::string::npos);
  }
}

TEST_CASE("a wrong account and a wrong key get the same answer, which has nothing of either") {
  MemoryStore store;
  Rig rig{store};
  const http::Response wrong_key =
      rig.ask("GET", "/1/jobs", {}, {{"Authorization", basic("alice:jsk_wrong")}});
  const http::Response wrong_account =
      rig.ask("GET", "/1/jobs", {}, {{"Authorization", basic("mallory:jsk_wrong")}});
  CHECK(wrong_key.status == 401);
  CHECK(wrong_account.status == 401);
  CHECK(wrong_key.headers == wrong_account.headers);
  CHECK(wrong_key.body == wrong_account.body);
  CHECK(wrong_key.body.find("jsk_wrong") == std::string::npos);
}

TEST_CASE("an address that tries too many wrong keys has to wait, but right ones are let in") {
  MemoryStore store;
  Rig rig{store};
  rig.peer = "192.0.2.1";
  for (int i = 0; i < Authenticator::kFailures; ++i)
    CHECK(rig.status(bearer("jsk_wrong")) == 401);
  const http::Response refused = rig.ask("GET", "/1/jobs", {}, bearer("jsk_wrong"));
  CHECK(refused.status == 429);
  CHECK(header_of(refused, "Retry-After") == "6");
  CHECK(challenges(refused).empty());
  CHECK(rig.status({}) == 401);  // no key is no guess
  CHECK(rig.status(bearer(kAliceKey)) == 200);
  rig.peer = "192.0.2.2";
  CHECK(rig.status(bearer("jsk_wrong")) == 401);
  rig.peer = "192.0.2.1";
  rig.clock.advance(Authenticator::kFailureInterval);
  CHECK(rig.status(bearer("jsk_wrong")) == 401);
  CHECK(rig.status(bearer("jsk_wrong")) == 429);
}

TEST_CASE("an IPv6 network of 64 bits counts as one address") {
  MemoryStore store;
  Rig rig{store};
  for (int i = 0; i < Authenticator::kFailures; ++i) {
    rig.peer = "2001:db8:0:1::" + std::to_string(i + 1);
    CHECK(rig.status(bearer("jsk_wrong")) == 401);
  }
  rig.peer = "2001:db8:0:1:ffff::1";
  CHECK(rig.status(bearer("jsk_wrong")) == 429);
  rig.peer = "2001:db8:0:2::1";
  CHECK(rig.status(bearer("jsk_wrong")) == 401);
}

TEST_CASE("an account has as many requests a second as the setting says, each of its own") {
  MemoryStore store;
  Rig rig{store, 2};
  CHECK(rig.status(bearer(kAliceKey)) == 200);
  CHECK(rig.status(bearer(kAliceKey)) == 200);
  const http::Response refused = rig.ask("GET", "/1/jobs", {}, bearer(kAliceKey));
  CHECK(refused.status == 429);
  CHECK(header_of(refused, "Retry-After") == "1");
  CHECK(refused.body.find("limits.requests_per_second") != std::string::npos);
  CHECK(rig.status(bearer(kBobKey)) == 200);
  rig.clock.advance(Millis{500});
  CHECK(rig.status(bearer(kAliceKey)) == 200);
  CHECK(rig.status(bearer(kAliceKey)) == 429);
}

TEST_CASE("another number of requests holds at once; by the same one no token comes back") {
  MemoryStore store;
  Rig rig{store, 2};
  const auto ask = [&] { return rig.status(bearer(kAliceKey)); };
  CHECK(ask() == 200);
  CHECK(ask() == 200);
  CHECK(ask() == 429);
  rig.authenticator().set_requests_per_second(2);
  CHECK(ask() == 429);
  rig.authenticator().set_requests_per_second(0);
  for (int i = 0; i < 100; ++i)
    CHECK(ask() == 200);
  rig.authenticator().set_requests_per_second(1);
  CHECK(ask() == 200);
  CHECK(ask() == 429);
}

TEST_CASE("the limit holds for the account default, too") {
  MemoryStore store;
  ApiRig rig{store, {}, 1};
  CHECK(rig.ask("GET", "/1/jobs").status == 200);
  CHECK(rig.ask("GET", "/1/jobs").status == 429);
}

}  // namespace jobsched::testing
