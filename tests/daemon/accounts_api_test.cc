#include "daemon/api/accounts_api.h"

#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "tests/support/api_rig.h"
#include "tests/support/flaky_store.h"
#include "tests/support/memory_store.h"

namespace jobsched::testing {

namespace {

int status_with(ApiRig& rig, const std::string& key) {
  return rig.ask("GET", "/1/jobs", {}, {{"Authorization", "Bearer " + key}}).status;
}

}  // namespace

TEST_CASE("a new account gets a key, which is shown once and holds at once") {
  MemoryStore store;
  ApiRig rig{store};
  CHECK(rig.ask("GET", "/1/jobs").status == 200);
  const http::Response added = rig.ask_admin("POST", "/1/accounts/alice");
  CHECK(added.status == 201);
  CHECK(added.body.starts_with("jsk_"));
  CHECK(added.body.size() == 47);
  CHECK(header_of(added, "Cache-Control") == "no-store");
  CHECK(rig.ask("GET", "/1/jobs").status == 401);
  CHECK(status_with(rig, added.body) == 200);
  CHECK(store.accounts()->at(0).key == hash_account_key(added.body));
  const http::Response list = rig.ask_admin("GET", "/1/accounts");
  CHECK(list.body == R"([{"name":"alice","jobs":0,"created":"2027-01-15T08:00:00Z"}])");
}

TEST_CASE("another key ends the one before at once") {
  MemoryStore store;
  ApiRig rig{store};
  const std::string first = rig.ask_admin("POST", "/1/accounts/alice").body;
  const http::Response rotated = rig.ask_admin("POST", "/1/accounts/alice/key");
  CHECK(rotated.status == 201);
  CHECK(rotated.body != first);
  CHECK(status_with(rig, first) == 401);
  CHECK(status_with(rig, rotated.body) == 200);
}

TEST_CASE("an account is removed, with its jobs only if that is asked for") {
  MemoryStore store;
  ApiRig rig{store};
  const std::string key = rig.ask_admin("POST", "/1/accounts/alice").body;
  rig.ask_admin("POST", "/1/accounts/bob");
  CHECK(
      rig.ask("POST", "/1/jobs", ApiRig::kDocument, {{"Authorization", "Bearer " + key}}).status ==
      201);
  CHECK(rig.ask_admin("DELETE", "/1/accounts/alice").status == 409);
  CHECK(rig.ask_admin("DELETE", "/1/accounts/alice?jobs=keep").status == 400);
  CHECK(status_with(rig, key) == 200);
  CHECK(rig.ask_admin("DELETE", "/1/accounts/alice?jobs=delete").status == 204);
  CHECK(status_with(rig, key) == 401);
  CHECK(rig.ask_admin("DELETE", "/1/accounts/alice").status == 404);
  CHECK(store.counts()->jobs == 0);
}

TEST_CASE("without a single account everybody may come in again") {
  MemoryStore store;
  ApiRig rig{store};
  rig.ask_admin("POST", "/1/accounts/alice");
  CHECK(rig.ask_admin("DELETE", "/1/accounts/alice").status == 204);
  CHECK(rig.ask("GET", "/1/jobs").status == 200);
}

TEST_CASE("what is not asked of accounts rightly changes nothing") {
  struct Row {
    std::string method;
    std::string target;
    std::string_view body;
    int status;
  };

  const Row rows[] = {
      {"POST", "/1/accounts/alice", "", 409},   {"POST", "/1/accounts/bob", "{}", 422},
      {"POST", "/1/accounts/Bob", "", 422},     {"POST", "/1/accounts/%62ob", "", 422},
      {"POST", "/1/accounts/", "", 422},        {"POST", "/1/accounts//key", "", 422},
      {"POST", "/1/accounts/bob/", "", 422},    {"POST", "/1/accounts/bob/x", "", 422},
      {"POST", "/1/accounts/bob/key", "", 404}, {"DELETE", "/1/accounts/bob", "", 404},
      {"POST", "/1/accounts", "", 405},         {"GET", "/1/accounts/alice", "", 405},
      {"PUT", "/1/accounts/alice", "", 405},    {"DELETE", "/1/accounts/alice/key", "", 405},
  };
  MemoryStore store;
  ApiRig rig{store};
  const std::string key = rig.ask_admin("POST", "/1/accounts/alice").body;
  for (const Row& row : rows) {
    CAPTURE(row.method);
    CAPTURE(row.target);
    CHECK(rig.ask_admin(row.method, row.target, row.body).status == row.status);
    CHECK(store.accounts()->size() == 1);
    CHECK(status_with(rig, key) == 200);
  }
  CHECK(rig.ask_admin("GET", "/1/accounts", "", {{"Accept", "text/plain"}}).status == 406);
  CHECK(rig.ask_admin("POST", "/1/accounts/bob", "", {{"Accept", "image/png"}}).status == 406);
  CHECK(header_of(rig.ask_admin("PUT", "/1/accounts/alice"), "Allow") == "DELETE, POST");
}

TEST_CASE("a change of accounts whose commit fails gives no key away and changes no access") {
  MemoryStore memory;
  FlakyStore store{memory};
  ApiRig rig{store};
  const std::string key = rig.ask_admin("POST", "/1/accounts/alice").body;
  store.fail_changes(3, ErrorKind::kStoreFull);
  for (const auto& [method, target] :
       {std::pair{"POST", "/1/accounts/bob"}, std::pair{"POST", "/1/accounts/alice/key"},
        std::pair{"DELETE", "/1/accounts/alice"}}) {
    const http::Response failed = rig.ask_admin(method, target);
    CHECK(failed.status == 507);
    CHECK(failed.body.find("jsk_") == std::string::npos);
  }
  CHECK(status_with(rig, key) == 200);
}

TEST_CASE("only paths of accounts are answered by the calls on accounts") {
  CHECK(AccountsApi::answers("/1/accounts"));
  CHECK(AccountsApi::answers("/1/accounts/a"));
  CHECK_FALSE(AccountsApi::answers("/1/accountsx"));
  CHECK_FALSE(AccountsApi::answers("/1/jobs"));
  CHECK_FALSE(AccountsApi::answers("/metrics"));
}

}  // namespace jobsched::testing
