#include "daemon/api/query.h"

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "tests/support/api_rig.h"
#include "tests/support/memory_store.h"

namespace jobsched::testing {

namespace {

constexpr std::array<std::string_view, 3> kKnown{"limit", "after", "expand"};

}  // namespace

TEST_CASE("a query's parameters are found by name and decoded") {
  struct Row {
    std::string_view query;
    std::string_view name;
    std::string_view expected;  // "-": absent
  };

  constexpr Row kRows[] = {
      {"", "limit", "-"},
      {"limit=10", "limit", "10"},
      {"limit=10", "after", "-"},
      {"after=1&limit=10", "limit", "10"},
      {"&after=1&&limit=10&", "limit", "10"},
      {"limit", "limit", ""},
      {"limit=", "limit", ""},
      {"%6Cimit=1%30", "limit", "10"},
      {"after=b+c%2B%26", "after", "b c+&"},
      {"after=b=c", "after", "b=c"},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.query);
    const Result<Query> query = Query::read(row.query, kKnown);
    REQUIRE(query);
    CHECK(query->find(row.name).value_or("-") == row.expected);
  }
}

TEST_CASE("what a query cannot mean is refused, and the error says what it can") {
  struct Row {
    std::string_view query;
    std::string_view detail;
  };

  constexpr Row kRows[] = {
      {"limt=10", "this call has no parameter \"limt\"; did you mean \"limit\"?"},
      {"limit=10&Expand=1", "this call has no parameter \"Expand\"; did you mean \"expand\"?"},
      {"colour=red",
       "this call has no parameter \"colour\"; what it takes is limit, after and expand"},
      {"=1", "this call has no parameter \"\"; what it takes is limit, after and expand"},
      {"limit=10&limit=10", "limit is in the query more than once; give it once"},
      {"limit=10&after=1&%6cimit=20", "limit is in the query more than once; give it once"},
      {"after=%zz",
       "a % in the query must be followed by two hexadecimal digits; write % itself as %25"},
      {"%=1", "a % in the query must be followed by two hexadecimal digits; write % itself as %25"},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.query);
    const Result<Query> query = Query::read(row.query, kKnown);
    REQUIRE(!query);
    CHECK(query.error().kind == ErrorKind::kMalformed);
    CHECK(query.error().detail == row.detail);
  }
  const Result<Query> none = Query::read("dry_run=1", {});
  REQUIRE(!none);
  CHECK(none.error().detail == "this call takes no parameters; leave \"dry_run\" out of the query");
}

TEST_CASE("a limit is a number from 1 to the most") {
  struct Row {
    std::string_view text;
    std::size_t limit;  // 0: refused
  };

  constexpr Row kRows[] = {
      {"1", 1},    {"100", 100},
      {"0", 0},    {"101", 0},
      {"", 0},     {"+1", 0},
      {"-1", 0},   {"1.0", 0},
      {" 1", 0},   {"1 ", 0},
      {"0x1", 0},  {"ten", 0},
      {"0001", 1}, {"99999999999999999999", 0},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.text);
    CHECK(parse_limit(row.text, 100).value_or(0) == row.limit);
  }
}

TEST_CASE("no call passes over a parameter that it does not take") {
  struct Row {
    std::string_view method;
    std::string_view target;
  };

  constexpr Row kRows[] = {
      {"GET", "/"},
      {"GET", "/openapi.json"},
      {"GET", "/1/jobs"},
      {"HEAD", "/1/jobs"},
      {"POST", "/1/jobs"},
      {"POST", "/1/jobs/delete"},
      {"GET", "/1/jobs/ID"},
      {"PUT", "/1/jobs/ID"},
      {"DELETE", "/1/jobs/ID"},
      {"POST", "/1/jobs/2027-01-15T09:00:00Z/http%3A%2F%2Fa.test%2F"},
      {"POST", "/1/jobs/ID/fire"},
      {"POST", "/1/jobs/ID/pause"},
      {"POST", "/1/jobs/ID/resume"},
      {"GET", "/1/jobs/ID/deliveries"},
      {"GET", "/1/deliveries"},
      {"GET", "/1/deliveries/DELIVERY"},
      {"POST", "/1/deliveries/DELIVERY/retry"},
      {"GET", "/1/secrets"},
      {"POST", "/1/secrets"},
      {"DELETE", "/1/secrets"},
  };
  MemoryStore store;
  ApiRig rig{store};
  const std::string job = rig.create();
  for (const Row& row : kRows) {
    CAPTURE(row.method);
    CAPTURE(row.target);
    std::string target(row.target);
    if (const auto id = target.find("ID"); id != std::string::npos) target.replace(id, 2, job);
    const auto answer = rig.ask(std::string(row.method), target + "?colour=red", ApiRig::kDocument);
    CHECK(answer.status == 400);
  }
  CHECK(store.list("default", {}, {}).value()->count() == 1);
  CHECK(rig.ask("GET", "/1/jobs/" + job + "?").status == 200);
}

TEST_CASE("nor do the calls on accounts") {
  MemoryStore store;
  ApiRig rig{store};
  CHECK(rig.ask_admin("GET", "/1/accounts?colour=red").status == 400);
  CHECK(rig.ask_admin("POST", "/1/accounts/alice?jobs=delete").status == 400);
  CHECK(rig.ask_admin("POST", "/1/accounts/alice").status == 201);
  CHECK(rig.ask_admin("POST", "/1/accounts/alice/key?jobs=delete").status == 400);
  const http::Response refused = rig.ask_admin("DELETE", "/1/accounts/alice?job=delete");
  CHECK(refused.status == 400);
  CHECK(refused.body.find("did you mean \"jobs\"?") != std::string::npos);
}

}  // namespace jobsched::testing
