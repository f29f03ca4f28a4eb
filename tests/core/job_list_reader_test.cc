#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "core/codec/codec.h"
#include "core/limits.h"

using jobsched::ErrorKind;
using jobsched::Format;
using jobsched::kMaxBulk;
using jobsched::read_jobs;

namespace {

std::string many(std::size_t count, std::string_view member, std::string_view between) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) text += between;
    text += member;
  }
  return text;
}

}  // namespace

TEST_CASE("what is created is one document or a list of them") {
  struct Row {
    Format format;
    std::string_view text;
    std::vector<std::string> urls;
    bool is_list;
  };

  const Row rows[] = {
      {Format::kJson, R"({"url":"a"})", {"a"}, false},
      {Format::kJson, R"([{"url":"a"}])", {"a"}, true},
      {Format::kJson,
       R"([{"url":"a","next":{"x":[1]}},{"url":"b"},{"url":"c"}])",
       {"a", "b", "c"},
       true},
      {Format::kJson, R"([{"url":"a",},])", {"a"}, true},
      {Format::kJson, "[]", {}, true},
      {Format::kXml, "<job><url>a</url></job>", {"a"}, false},
      {Format::kXml, "<jobs><job><url>a</url></job></jobs>", {"a"}, true},
      {Format::kXml,
       "<jobs>\n <job><url>a</url></job>\n <job>\n<url>b</url></job>\n</jobs>",
       {"a", "b"},
       true},
      {Format::kXml, "<jobs/>", {}, true},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const auto read = read_jobs(row.format, row.text);
    REQUIRE(read.has_value());
    CHECK(read->is_list == row.is_list);
    REQUIRE(read->documents.size() == row.urls.size());
    for (std::size_t i = 0; i < row.urls.size(); ++i)
      CHECK(read->documents[i].url == row.urls[i]);
  }
}

TEST_CASE("each member of a list is read by itself") {
  const auto json =
      read_jobs(Format::kJson, R"([{"data":"aGk=","dataEncoding":"base64"},{"data":"aGk="}])");
  REQUIRE(json.has_value());
  CHECK(json->documents[0].data == "hi");
  CHECK(json->documents[1].data == "aGk=");
  CHECK_FALSE(json->documents[1].url.has_value());
}

TEST_CASE("a fault of a list says which member has it") {
  struct Row {
    Format format;
    std::string_view text;
    std::string_view field;
    std::string_view says;
  };

  const Row rows[] = {
      {Format::kJson, R"([{"url":"a"},{"ulr":"b"}])", "jobs[1].ulr", "job 2 of the list: "},
      {Format::kJson, R"([{"url":"a"},{"url":"b","url":"c"}])", "jobs[1].url", "given twice"},
      {Format::kJson, R"([{"url":1}])", "jobs[0].url", "a string, not a number"},
      {Format::kJson, R"([{"url":"a"},2])", "jobs[1]", "a JSON object"},
      {Format::kJson, R"([[]])", "jobs[0]", "a JSON object"},
      {Format::kJson, R"([{"data":"?","dataEncoding":"base64"},{}])", "jobs[0].data", "job 1 of"},
      {Format::kJson, R"([{},{"data":"?","dataEncoding":"base64"}])", "jobs[1].data", "job 2 of"},
      {Format::kXml, "<jobs><job><url>a</url></job><job><ulr/></job></jobs>", "jobs[1].ulr",
       "job 2 of the list: "},
      {Format::kXml, "<jobs><jub/></jobs>", "jobs[0]", "<job>"},
      {Format::kXml, "<jobs><job><paused>x</paused></job></jobs>", "jobs[0].paused", "neither"},
      {Format::kXml, "<jobs>text</jobs>", "", "stands outside the fields"},
      {Format::kXml, "<jobs x='1'/>", "", "there is no attribute"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const auto read = read_jobs(row.format, row.text);
    REQUIRE_FALSE(read.has_value());
    CHECK(read.error().kind == ErrorKind::kInvalid);
    CHECK(read.error().field == row.field);
    CHECK_MESSAGE(read.error().detail.find(row.says) != std::string::npos, read.error().detail);
  }
  for (const std::string_view text : {"[", "[{}", "[{}}", "[{} {}]", "[,]", "[{},,{}]"}) {
    CAPTURE(text);
    const auto read = read_jobs(Format::kJson, text);
    REQUIRE_FALSE(read.has_value());
    CHECK(read.error().kind == ErrorKind::kMalformed);
  }
}

TEST_CASE("fields with members are read in a list as in a document of their own") {
  const std::string json =
      R"({"headers":{"X-A":"1","X-B":"2"},"retry":{"backoff":[5,6]},"url":"u"})";
  const std::string xml =
      "<job> <headers> <header name=\"X-A\">1</header><header name=\"X-B\">2</header> </headers>"
      "<retry><backoff>5</backoff><backoff>6</backoff></retry><url>u</url></job>";
  const auto alone = jobsched::read_job(Format::kJson, json);
  REQUIRE(alone.has_value());
  for (const auto& read : {read_jobs(Format::kJson, "[" + json + "," + json + "]"),
                           read_jobs(Format::kXml, "<jobs>" + xml + xml + "</jobs>")}) {
    REQUIRE(read.has_value());
    REQUIRE(read->documents.size() == 2);
    CHECK((read->documents[0] == *alone));
    CHECK((read->documents[1] == *alone));
  }
  const auto refused = read_jobs(Format::kJson, R"([{},{"retry":{"backoff":[true]}}])");
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().field == "jobs[1].retry");
  CHECK(refused.error().detail ==
        "job 2 of the list: retry: the delay of the backoff is a number, not a boolean");
}

TEST_CASE("a list is no longer than it may be") {
  CHECK(read_jobs(Format::kJson, "[" + many(kMaxBulk, "{}", ",") + "]")->documents.size() ==
        kMaxBulk);
  for (const auto& read :
       {read_jobs(Format::kJson, "[" + many(kMaxBulk + 1, "{}", ",") + "]"),
        read_jobs(Format::kXml, "<jobs>" + many(kMaxBulk + 1, "<job/>", "") + "</jobs>")}) {
    REQUIRE_FALSE(read.has_value());
    CHECK(read.error().detail.find("at most 10000 jobs") != std::string::npos);
  }
}

TEST_CASE("a list is no document to replace a job by") {
  CHECK_FALSE(jobsched::read_job(Format::kJson, "[{}]").has_value());
  CHECK_FALSE(jobsched::read_job(Format::kXml, "<jobs><job/></jobs>").has_value());
}
