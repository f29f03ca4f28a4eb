#include "daemon/api/api.h"

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
