#include "daemon/api/secrets_api.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/api_rig.h"
#include "tests/support/flaky_store.h"
#include "tests/support/memory_store.h"

using jobsched::ErrorKind;
using jobsched::Millis;
using jobsched::testing::ApiRig;
using jobsched::testing::FlakyStore;
using jobsched::testing::MemoryStore;

constexpr auto kNow = ApiRig::kNow;

TEST_CASE("a new signing secret is shown once, when it is on disk") {
  MemoryStore store;
  ApiRig rig{store};
  auto& made = rig.send("POST", "/1/secrets");
  CHECK_FALSE(made.has_value());
  store.commit_group();
  REQUIRE(made.has_value());
  CHECK(made->status == 201);
  const auto secret = jobsched::SigningSecret::parse(made->body);
  REQUIRE(secret);
  CHECK(secret->bytes().size() == jobsched::SigningSecret::kNewBytes);
  const auto kept = store.secrets("default", kNow).value();
  CHECK(kept == std::vector{jobsched::AccountSecret{*secret, kNow}});
  CHECK(rig.send("GET", "/1/secrets").value().body == R"([{"created":"2027-01-15T08:00:00Z"}])");
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
    ApiRig rig{store};
    rig.send("POST", "/1/secrets");
    store.commit_group();
    auto& made = rig.send("POST", "/1/secrets" + std::string(row.query));
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
  ApiRig rig{store};
  CHECK(rig.send("POST", "/1/secrets", "{}").value().status == 422);
  CHECK(rig.send("POST", "/1/secrets", "", {{"Accept", "image/png"}}).value().status == 406);
  CHECK(rig.send("GET", "/1/secrets", "", {{"Accept", "text/plain"}}).value().status == 406);
  const auto& refused = rig.send("PUT", "/1/secrets").value();
  CHECK(refused.status == 405);
  CHECK(std::ranges::count(refused.headers, std::pair<std::string, std::string>{
                                                "Allow", "GET, HEAD, POST, DELETE"}) == 1);
  CHECK_FALSE(store.commit_group());
}

TEST_CASE("a change of secrets whose commit fails gives no secret away") {
  MemoryStore memory;
  FlakyStore store{memory};
  ApiRig rig{store};
  store.fail_changes(2, ErrorKind::kStoreFull);
  const auto& made = rig.send("POST", "/1/secrets").value();
  CHECK(made.status == 507);
  CHECK(made.body.find("whsec_") == std::string::npos);
  CHECK(rig.send("DELETE", "/1/secrets").value().status == 507);
}

TEST_CASE("removing the secrets ends signing") {
  MemoryStore store;
  ApiRig rig{store};
  rig.send("POST", "/1/secrets");
  store.commit_group();
  auto& removed = rig.send("DELETE", "/1/secrets");
  CHECK_FALSE(removed.has_value());
  store.commit_group();
  CHECK(removed.value().status == 204);
  CHECK(rig.send("GET", "/1/secrets").value().body == "[]");
}
