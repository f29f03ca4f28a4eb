#include "daemon/api/conditions.h"

#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "tests/support/api_rig.h"
#include "tests/support/memory_store.h"

using jobsched::http::Headers;
using jobsched::testing::ApiRig;
using jobsched::testing::header_of;
using jobsched::testing::MemoryStore;

namespace {

const Headers::value_type kJson{"Accept", "application/json"};
const Headers::value_type kXml{"Accept", "application/xml"};
constexpr std::string_view kOther =
    R"({"url":"http://b.test/","when":"2027-01-15T09:00:00Z","data":"x"})";

}  // namespace

TEST_CASE("a job has a tag for each format, which changes with the job") {
  MemoryStore store;
  ApiRig rig{store};
  const std::string target = "/1/jobs/" + rig.create();
  const std::string json = header_of(rig.ask("GET", target, {}, {kJson}), "ETag");
  const std::string xml = header_of(rig.ask("GET", target, {}, {kXml}), "ETag");
  CHECK(json.size() == std::string_view("\"0123456789abcdef-json\"").size());
  CHECK(json.substr(0, 17) == xml.substr(0, 17));
  CHECK(json != xml);
  CHECK(header_of(rig.ask("HEAD", target, {}, {kJson}), "ETag") == json);
  CHECK(header_of(rig.ask("PUT", target, ApiRig::kDocument, {kJson}), "ETag") == json);
  const std::string other = header_of(rig.ask("PUT", target, kOther, {kJson}), "ETag");
  CHECK(other != json);
  CHECK(header_of(rig.ask("GET", target, {}, {kJson}), "ETag") == other);
  CHECK(header_of(rig.ask("POST", target + "/pause", {}, {kJson}), "ETag") != other);
  CHECK(header_of(rig.ask("POST", "/1/jobs", kOther, {kJson}), "ETag") == other);
  // An id alone says nothing of what else there is.
  CHECK(header_of(rig.ask("POST", "/1/jobs", kOther), "ETag").empty());
}

TEST_CASE("If-Match lets through who has seen the job as it is") {
  MemoryStore store;
  ApiRig rig{store};
  const std::string target = "/1/jobs/" + rig.create();
  const std::string json = header_of(rig.ask("GET", target, {}, {kJson}), "ETag");
  const std::string xml = header_of(rig.ask("GET", target, {}, {kXml}), "ETag");

  struct Row {
    std::string value;
    int status;  // of a PUT that changes nothing
  };

  const Row rows[] = {
      {json, 200},
      {xml, 200},
      {"*", 200},
      {"\"x\", " + json, 200},
      {"\"x\"," + json + ",", 200},
      {", " + json, 200},
      {"\"x\"", 412},
      {"\"\"", 412},
      {"W/" + json, 412},
      {"", 412},
      {",", 412},
      // not tags
      {"x", 400},
      {json.substr(1), 400},
      {json.substr(0, json.size() - 1), 400},
      {json.substr(0, 17) + "x\"", 412},
      {json.substr(0, 17) + "-text\"", 412},
      {json.substr(0, 17) + "-1-json\"", 200},
      {"\"0123456789abcde-json\"", 412},
      {json + json, 400},
      {json + " x", 400},
      {"*, " + json, 400},
      {"w/" + json, 400},
      {"\"a b\"", 400},
  };
  for (const Row& row : rows) {
    CAPTURE(row.value);
    const auto answer = rig.ask("PUT", target, ApiRig::kDocument, {{"If-Match", row.value}});
    CHECK(answer.status == row.status);
    if (row.status == 412) CHECK(answer.body.find("get it again") != std::string::npos);
    if (row.status == 400) CHECK(answer.body.find("If-Match must be") != std::string::npos);
  }
  CHECK(rig.ask("DELETE", target, {}, {{"If-Match", "\"x\""}}).status == 412);
  CHECK(rig.ask("DELETE", target, {}, {{"If-Match", "x"}}).status == 400);
  CHECK(rig.ask("GET", target, {}, {kJson}).status == 200);
  CHECK(rig.ask("DELETE", target, {}, {{"If-Match", json}}).status == 204);
  CHECK(rig.ask("DELETE", target, {}, {{"If-Match", json}}).status == 404);
}

TEST_CASE("If-None-Match saves a job that is known from being sent again") {
  MemoryStore store;
  ApiRig rig{store};
  const std::string target = "/1/jobs/" + rig.create();
  const std::string json = header_of(rig.ask("GET", target, {}, {kJson}), "ETag");
  const std::string xml = header_of(rig.ask("GET", target, {}, {kXml}), "ETag");

  struct Row {
    std::string value;
    int status;  // of a GET that asks for JSON
  };

  const Row rows[] = {
      {json, 304}, {"W/" + json, 304}, {"*", 304}, {"\"x\", " + json, 304},
      {xml, 200},  {"\"x\"", 200},     {"", 200},  {"x", 400},
  };
  for (const Row& row : rows) {
    CAPTURE(row.value);
    const auto answer = rig.ask("GET", target, {}, {kJson, {"If-None-Match", row.value}});
    CHECK(answer.status == row.status);
    if (row.status == 304) {
      CHECK(answer.body.empty());
      CHECK(header_of(answer, "ETag") == json);
    }
  }
}

TEST_CASE("a recurring job that has fired since is sent again, and may be replaced all the same") {
  MemoryStore store;
  ApiRig rig{store};
  const std::string_view document = R"({"url":"http://a.test/","cron":"0 0 * * * ?","data":"x"})";
  const std::string id = rig.create(document);
  const std::string target = "/1/jobs/" + id;
  const std::string before = header_of(rig.ask("GET", target, {}, {kJson}), "ETag");
  store.claim_due(ApiRig::kNow + std::chrono::hours{1}, 1, jobsched::Millis{60'000},
                  {1, jobsched::Millis{60'000}}, [](const auto&) {});
  store.commit_group();
  const auto after = rig.ask("GET", target, {}, {kJson, {"If-None-Match", before}});
  CHECK(after.status == 200);
  CHECK(header_of(after, "ETag") != before);
  CHECK(rig.ask("PUT", target, document, {{"If-Match", before}}).status == 200);
}
