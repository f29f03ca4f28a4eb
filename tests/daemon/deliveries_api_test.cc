#include "daemon/api/deliveries_api.h"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "core/codec/delivery_codec.h"
#include "core/time/iso8601.h"
#include "daemon/store/sqlite_store.h"
#include "tests/support/api_rig.h"
#include "tests/support/flaky_store.h"
#include "tests/support/memory_store.h"
#include "tests/support/store_driver.h"
#include "tests/support/temporary_directory.h"

namespace jobsched::testing {

using namespace std::chrono_literals;

namespace {

constexpr std::string_view kUnknown = "03ba07bc-0c8b-4a82-9a47-c65e7a8d24af";
constexpr std::string_view kHourly = R"({"url":"http://a.test/","cron":"0 0 * * * ?"})";

// The API over each kind of store.
void check_api(const std::function<void(ApiRig&)>& check) {
  SUBCASE("over a MemoryStore") {
    MemoryStore store;
    ApiRig rig(store);
    check(rig);
  }
  SUBCASE("over a SqliteStore") {
    const TemporaryDirectory directory;
    const auto report = [](const Error& error) { FAIL(error.detail); };
    const auto store = SqliteStore::open(directory / "jobs.db", {report, report});
    REQUIRE(store);
    ApiRig rig(**store);
    check(rig);
  }
}

// Lets an hour pass, in which every job fires, and each of the attempts ends in `transition`; the
// ids of the deliveries.
std::vector<std::string> let_fire(ApiRig& rig, const Transition& transition) {
  rig.clock.advance(1h);
  StoreDriver driver(rig.store);
  std::vector<std::string> ids;
  for (const Claim& claim : driver.claim(rig.clock.now()).claims) {
    rig.clock.advance(1s);
    driver.record(claim, transition, rig.clock.now());
    ids.push_back(format_delivery_id(claim.delivery));
  }
  return ids;
}

std::vector<LoggedDelivery> read_list(const http::Response& response) {
  CHECK(response.status == 200);
  const auto read = read_deliveries(response.body);
  REQUIRE(read);
  return *read;
}

std::vector<std::string> ids_of(const http::Response& response) {
  std::vector<std::string> ids;
  for (const LoggedDelivery& logged : read_list(response))
    ids.push_back(format_delivery_id(logged.delivery));
  return ids;
}

// The target of a header Link: </…>; rel="next".
std::string next_of(const http::Response& response) {
  const std::string link = header_of(response, "Link");
  if (link.empty()) return link;
  REQUIRE(link.ends_with(">; rel=\"next\""));
  return link.substr(1, link.find('>') - 1);
}

bool mentions(const http::Response& response, std::string_view words) {
  return response.body.find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("a job is fired when the commit says so, and the engine is told") {
  check_api([](ApiRig& rig) {
    const std::string job = rig.create();
    constexpr Instant kFireTime = ApiRig::kNow + Millis{1};  // no whole second
    rig.noticed.clear();
    auto& fired = rig.send("POST", "/1/jobs/" + job + "/fire");
    CHECK_FALSE(fired);
    CHECK(rig.noticed.empty());
    rig.store.commit_group();
    REQUIRE(fired);
    CHECK(fired->status == 202);
    CHECK(rig.noticed == std::vector{kFireTime});
    const auto delivery = read_delivery(fired->body);
    REQUIRE(delivery);
    CHECK(format_job_id(delivery->delivery.job) == job);
    CHECK(delivery->state == DeliveryState::kWaiting);
    CHECK(delivery->due == kFireTime);
    const std::string path = "/1/deliveries/" + format_delivery_id(delivery->delivery);
    CHECK(header_of(*fired, "Location") == path);
    const http::Response got = rig.ask("GET", path);
    CHECK(got.status == 200);
    CHECK(got.body == fired->body);

    const http::Response again = rig.ask("POST", "/1/jobs/" + job + "/fire");
    CHECK(again.status == 409);
    CHECK(mentions(again, "outstanding"));
    CHECK(rig.noticed.size() == 1);
  });
}

TEST_CASE("a failed commit takes the place of what was asked for by hand") {
  MemoryStore memory;
  FlakyStore store{memory};
  ApiRig rig(store);
  const std::string job = "/1/jobs/" + rig.create(kHourly);
  const std::string delivery = "/1/deliveries/" + let_fire(rig, Exhausted{"enough"}).at(0);
  rig.noticed.clear();
  for (const std::string& target :
       {job + "/fire", job + "/pause", job + "/resume", delivery + "/retry"}) {
    CAPTURE(target);
    store.fail_changes(1, ErrorKind::kUnavailable);
    const http::Response refused = rig.ask("POST", target);
    CHECK(refused.status == 503);
    CHECK(header_of(refused, "Retry-After") == "1");
    CHECK(rig.noticed.empty());
  }
}

TEST_CASE("a delivery that failed is sent again, others are not") {
  check_api([](ApiRig& rig) {
    rig.create();
    const std::string path =
        "/1/deliveries/" + let_fire(rig, Exhausted{"attempt 1 was the last"}).at(0);
    const auto exhausted = read_delivery(rig.ask("GET", path).body);
    REQUIRE(exhausted);
    CHECK(exhausted->state == DeliveryState::kExhausted);
    CHECK(exhausted->attempts.size() == 1);
    rig.noticed.clear();

    auto& retried = rig.send("POST", path + "/retry");
    CHECK_FALSE(retried);
    rig.store.commit_group();
    REQUIRE(retried);
    CHECK(retried->status == 202);
    CHECK(header_of(*retried, "Location") == path);
    CHECK(rig.noticed == std::vector{rig.clock.now()});
    const auto waiting = read_delivery(retried->body);
    REQUIRE(waiting);
    CHECK(waiting->delivery == exhausted->delivery);
    CHECK(waiting->state == DeliveryState::kWaiting);

    // one that waits for its backoff is hastened
    StoreDriver driver(rig.store);
    const Claims claims = driver.claim(rig.clock.now());
    REQUIRE(claims.claims.size() == 1);
    driver.record(claims.claims[0], RetryAt{rig.clock.now() + 2h, 3}, rig.clock.now());
    rig.noticed.clear();
    CHECK(rig.ask("POST", path + "/retry").status == 202);
    CHECK(rig.noticed == std::vector{rig.clock.now()});

    // one that was accepted is not
    const Claims last = driver.claim(rig.clock.now());
    REQUIRE(last.claims.size() == 1);
    driver.record(last.claims[0], Accepted{}, rig.clock.now());
    const http::Response accepted = rig.ask("POST", path + "/retry");
    CHECK(accepted.status == 409);
    CHECK(rig.noticed.size() == 1);
  });
}

TEST_CASE("a job is paused and goes on, and the answer is that of a PUT") {
  check_api([](ApiRig& rig) {
    const std::string path = "/1/jobs/" + rig.create(kHourly);
    rig.noticed.clear();
    const http::Headers json{{"Accept", "application/json"}};
    const http::Response paused = rig.ask("POST", path + "/pause", {}, json);
    CHECK(paused.status == 200);
    CHECK(mentions(paused, R"("paused":true)"));
    CHECK(paused.body == rig.ask("GET", path).body);
    CHECK(rig.noticed.empty());
    CHECK(rig.ask("POST", path + "/pause").body == path.substr(8));  // again, and as text

    const http::Response resumed = rig.ask("POST", path + "/resume", {}, json);
    CHECK(resumed.status == 200);
    CHECK_FALSE(mentions(resumed, "paused"));
    CHECK(mentions(resumed, R"("next":"2027-01-15T09:00:00Z")"));
    CHECK(resumed.body == rig.ask("GET", path).body);
    CHECK(rig.noticed == std::vector{ApiRig::kNow + 1h});
    CHECK(rig.ask("POST", path + "/resume", {}, json).body == resumed.body);
  });
}

TEST_CASE("the log is listed from its end, in pages that follow each other") {
  check_api([](ApiRig& rig) {
    CHECK(rig.ask("GET", "/1/deliveries").body == "[]");
    const std::string job = rig.create(kHourly);
    std::vector<std::string> ids;
    for (int i = 0; i < 5; ++i)
      ids.insert(ids.begin(), let_fire(rig, Accepted{}).at(0));
    for (const std::string& path :
         {std::string("/1/deliveries"), "/1/jobs/" + job + "/deliveries"}) {
      CAPTURE(path);
      const http::Response all = rig.ask("GET", path);
      CHECK(ids_of(all) == ids);
      CHECK(next_of(all).empty());
      CHECK(next_of(rig.ask("GET", path + "?limit=5")).empty());
      std::vector<std::string> paged;
      std::size_t pages = 0;
      for (std::string target = path + "?limit=2&state=accepted&since=2027-01-15T08:00:00Z";
           !target.empty(); ++pages) {
        const http::Response page = rig.ask("GET", target);
        for (const std::string& id : ids_of(page))
          paged.push_back(id);
        target = next_of(page);
      }
      CHECK(paged == ids);
      CHECK(pages == 3);
    }
    CHECK(next_of(rig.ask("GET", "/1/deliveries?limit=1&job=" + job)) ==
          "/1/deliveries?limit=1&job=" + job + "&after=" + ids[0]);
    CHECK(next_of(rig.ask("GET", "/1/jobs/" + job + "/deliveries?limit=1")) ==
          "/1/jobs/" + job + "/deliveries?limit=1&after=" + ids[0]);
  });
}

TEST_CASE("filters narrow a list down") {
  check_api([](ApiRig& rig) {
    const std::string first = rig.create(kHourly);
    const std::string accepted = let_fire(rig, Accepted{}).at(0);
    const Instant later = rig.clock.now() + 1min;
    rig.ask("POST", "/1/jobs/" + first + "/pause");
    const std::string second =
        rig.create(R"({"url":"http://a.test/","when":"2027-01-15T09:30:00Z"})");
    const std::string exhausted = let_fire(rig, Exhausted{"enough"}).at(0);
    struct Row {
      std::string query;
      std::vector<std::string> expected;
    };

    const Row rows[] = {
        {"", {exhausted, accepted}},
        {"?state=accepted", {accepted}},
        {"?state=exhausted", {exhausted}},
        {"?state=waiting", {}},
        {"?state=inFlight", {}},
        {"?state=cancelled", {}},
        {"?job=" + first, {accepted}},
        {"?job=" + second, {exhausted}},
        {"?job=" + second + "&state=accepted", {}},
        {"?job=" + std::string(kUnknown), {}},
        {"?since=" + format_instant(later), {exhausted}},
        {"?since=2027-01-15T10:01:00%2B01:00", {exhausted}},
        {"?since=2027-01-15T10:01:00+01:00", {exhausted}},
        {"?since=2028-01-01T00:00Z", {}},
        {"?limit=1", {exhausted}},
        {"?after=" + exhausted, {accepted}},
        {"?after=" + accepted, {}},
    };
    for (const Row& row : rows) {
      CAPTURE(row.query);
      CHECK(ids_of(rig.ask("GET", "/1/deliveries" + row.query)) == row.expected);
    }
    // which job it is, the path says
    CHECK(rig.ask("GET", "/1/jobs/" + first + "/deliveries?job=" + second).status == 400);
  });
}

TEST_CASE("a filter that means nothing is refused, and the answer says what would") {
  MemoryStore store;
  ApiRig rig(store);
  const std::string job = rig.create();

  struct Row {
    std::string_view query;
    std::string_view words;
  };

  const Row rows[] = {
      {"state=Accepted", "inFlight"},
      {"state=", "inFlight"},
      {"since=yesterday", "since"},
      {"since=2027-01-15T08:00", "since"},
      {"since=", "since"},
      {"limit=0", "1 to 1000"},
      {"limit=1001", "1 to 1000"},
      {"limit=-1", "1 to 1000"},
      {"limit=1e2", "1 to 1000"},
      {"limit=", "1 to 1000"},
      {"after=x", "after"},
      {"after=03ba07bc-0c8b-4a82-9a47-c65e7a8d24af", "after"},
  };
  for (const std::string& path : {std::string("/1/deliveries"), "/1/jobs/" + job + "/deliveries"}) {
    for (const Row& row : rows) {
      CAPTURE(row.query);
      const http::Response refused = rig.ask("GET", path + "?" + std::string(row.query));
      CHECK(refused.status == 400);
      CHECK(mentions(refused, row.words));
    }
  }
  CHECK(rig.ask("GET", "/1/deliveries?job=x").status == 400);
  CHECK(rig.ask("GET", "/1/deliveries?job=").status == 400);
}

TEST_CASE("a job's deliveries are there as long as the job or the log is") {
  check_api([](ApiRig& rig) {
    const std::string path = "/1/jobs/" + rig.create() + "/deliveries";
    CHECK(rig.ask("GET", path).body == "[]");  // it did not fire yet
    const std::string id = let_fire(rig, Accepted{}).at(0);
    CHECK(rig.ask("GET", path.substr(0, path.rfind('/'))).status == 404);  // … and is purged
    CHECK(ids_of(rig.ask("GET", path)) == std::vector{id});
    CHECK(rig.ask("GET", path + "?state=exhausted").body == "[]");
    CHECK(rig.ask("GET", path + "?after=" + id).body == "[]");

    const std::string deleted = rig.create(kHourly);
    rig.ask("DELETE", "/1/jobs/" + deleted);
    for (const std::string& unknown : {deleted, std::string(kUnknown)}) {
      const http::Response none = rig.ask("GET", "/1/jobs/" + unknown + "/deliveries");
      CHECK(none.status == 404);
      CHECK(mentions(none, unknown));
    }
  });
}

TEST_CASE("each call has its methods") {
  MemoryStore store;
  ApiRig rig(store);
  const std::string job = "/1/jobs/" + std::string(kUnknown);
  const std::string delivery = "/1/deliveries/" + std::string(kUnknown) + "_1";

  struct Row {
    std::string method;
    std::string target;
    int status;
    std::string_view allow;
  };

  const Row rows[] = {
      {"HEAD", "/1/deliveries", 200, ""},
      {"POST", "/1/deliveries", 405, "GET, HEAD"},
      {"DELETE", "/1/deliveries", 405, "GET, HEAD"},
      {"HEAD", job + "/deliveries", 404, ""},
      {"PUT", job + "/deliveries", 405, "GET, HEAD"},
      {"GET", delivery, 404, ""},
      {"HEAD", delivery, 404, ""},
      {"DELETE", delivery, 405, "GET, HEAD"},
      {"POST", delivery + "/retry", 404, ""},
      {"GET", delivery + "/retry", 405, "POST"},
      {"POST", job + "/fire", 404, ""},
      {"GET", job + "/fire", 405, "POST"},
      {"POST", job + "/pause", 404, ""},
      {"PUT", job + "/pause", 405, "POST"},
      {"POST", job + "/resume", 404, ""},
      {"HEAD", job + "/resume", 405, "POST"},
      // what is no id names no delivery
      {"GET", "/1/deliveries/x", 404, ""},
      {"GET", "/1/deliveries/", 404, ""},
      {"POST", "/1/deliveries/x/retry", 404, ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.method);
    CAPTURE(row.target);
    const http::Response response = rig.ask(row.method, row.target);
    CHECK(response.status == row.status);
    CHECK(header_of(response, "Allow") == row.allow);
  }
}

TEST_CASE("deliveries come in JSON and XML") {
  check_api([](ApiRig& rig) {
    const std::string job = rig.create(kHourly);
    const std::string path = "/1/deliveries/" + let_fire(rig, Accepted{}).at(0);

    struct Row {
      std::string accept;
      int status;
      std::string_view type;
    };

    const Row rows[] = {
        {"*/*", 200, "application/json; charset=utf-8"},
        {"application/json", 200, "application/json; charset=utf-8"},
        {"text/xml", 200, "text/xml; charset=utf-8"},
        {"application/xml", 200, "application/xml; charset=utf-8"},
        {"text/*", 200, "text/xml; charset=utf-8"},
        {"text/plain", 406, "text/plain; charset=utf-8"},
        {"image/png", 406, "text/plain; charset=utf-8"},
    };
    for (const Row& row : rows) {
      CAPTURE(row.accept);
      const http::Headers accept{{"Accept", row.accept}};
      for (const std::string& target :
           {path, std::string("/1/deliveries"), "/1/jobs/" + job + "/deliveries"}) {
        const http::Response got = rig.ask("GET", target, {}, accept);
        CHECK(got.status == row.status);
        CHECK(header_of(got, "Content-Type") == row.type);
        if (row.type.find("xml") != std::string::npos) CHECK(mentions(got, "<attempts><attempt>"));
      }
      const http::Response fired = rig.ask("POST", "/1/jobs/" + job + "/fire", {}, accept);
      CHECK(fired.status == (row.status == 406 ? 406 : fired.status));
      CHECK((fired.status == 202 || fired.status == 409 || fired.status == 406));
    }
  });
}

}  // namespace jobsched::testing
