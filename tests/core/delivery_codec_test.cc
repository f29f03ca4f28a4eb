#include "core/codec/delivery_codec.h"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "core/codec/xml_reader.h"

using namespace jobsched;
using namespace std::chrono_literals;

namespace {

const std::string kJob = "01a20e81-d738-7000-bcf4-e40959758c1a";
constexpr Instant kFireTime{Millis{1'795'539'720'000}};  // 2026-11-24T17:02:00Z

LoggedDelivery waiting() {
  return {{*parse_job_id(kJob), kFireTime}, "default", DeliveryState::kWaiting, kFireTime};
}

// Two attempts: the first found no connection, the second an endpoint that is not ready.
LoggedDelivery failing() {
  LoggedDelivery logged = waiting();
  logged.due = kFireTime + 35s;
  const LoggedAttempt first{
      1, kFireTime, Fault::kConnect, 0, {100us, {}, {}, {}, 300us}, "connection refused", ""};
  const LoggedAttempt second{2,
                             kFireTime + 5s + 250ms,
                             Fault::kStatus,
                             503,
                             {100us, 300us, 2'000us, 30'525us, 1'030'901us},
                             "the endpoint answered 503",
                             "busy\n<&>"};
  logged.attempts = {first, second};
  return logged;
}

LoggedDelivery skipped() {
  LoggedDelivery logged{{*parse_job_id(kJob), kFireTime, 1, 2}, "b \"c\""};
  logged.state = DeliveryState::kSkipped;
  logged.ended = kFireTime + 90s;
  logged.reason = "found <90 s late";
  return logged;
}

LoggedDelivery answered(std::string response) {
  LoggedDelivery logged{{*parse_job_id(kJob), kFireTime}, "default", DeliveryState::kAccepted};
  logged.ended = kFireTime;
  logged.attempts = {{1, kFireTime, Fault::kNone, 200, {}, "", std::move(response)}};
  return logged;
}

// The part of a document from `from` on that is not the same in every one.
std::string after(const std::string& document, std::string_view from) {
  const auto position = document.find(from);
  return position == std::string::npos ? "absent" : document.substr(position);
}

}  // namespace

TEST_CASE("a delivery in JSON: fields in the documented order, absent where they do not apply") {
  struct Row {
    LoggedDelivery delivery;
    std::string_view json;
  };

  const Row rows[] = {
      {waiting(),
       R"({"id":"01a20e81-d738-7000-bcf4-e40959758c1a_1795539720000",)"
       R"("job":"01a20e81-d738-7000-bcf4-e40959758c1a","account":"default",)"
       R"("fireTime":"2026-11-24T17:02:00Z","state":"waiting","due":"2026-11-24T17:02:00Z",)"
       R"("attempts":[]})"},
      {failing(),
       R"({"id":"01a20e81-d738-7000-bcf4-e40959758c1a_1795539720000",)"
       R"("job":"01a20e81-d738-7000-bcf4-e40959758c1a","account":"default",)"
       R"("fireTime":"2026-11-24T17:02:00Z","state":"waiting","due":"2026-11-24T17:02:35Z",)"
       R"("attempts":[{"number":1,"started":"2026-11-24T17:02:00Z","result":"connect",)"
       R"("error":"connection refused","timings":{"dns":0.1,"total":0.3}},)"
       R"({"number":2,"started":"2026-11-24T17:02:05.250Z","result":"status","status":503,)"
       R"("error":"the endpoint answered 503","timings":{"dns":0.1,"connect":0.3,"tls":2,)"
       R"("firstByte":30.525,"total":1030.901},"response":"busy\n<&>"}]})"},
      {skipped(),
       R"({"id":"01a20e81-d738-7000-bcf4-e40959758c1a_1795539720000_2",)"
       R"("job":"01a20e81-d738-7000-bcf4-e40959758c1a","account":"b \"c\"",)"
       R"("fireTime":"2026-11-24T17:02:00Z","state":"skipped","ended":"2026-11-24T17:03:30Z",)"
       R"("reason":"found <90 s late","attempts":[]})"},
  };
  for (const Row& row : rows)
    CHECK(write_delivery(Format::kJson, row.delivery) == row.json);
}

TEST_CASE("a delivery in XML says the same") {
  CHECK(write_delivery(Format::kXml, failing()) ==
        R"(<?xml version="1.0" encoding="UTF-8"?><delivery>)"
        "<id>01a20e81-d738-7000-bcf4-e40959758c1a_1795539720000</id>"
        "<job>01a20e81-d738-7000-bcf4-e40959758c1a</job><account>default</account>"
        "<fireTime>2026-11-24T17:02:00Z</fireTime><state>waiting</state>"
        "<due>2026-11-24T17:02:35Z</due><attempts>"
        "<attempt><number>1</number><started>2026-11-24T17:02:00Z</started>"
        "<result>connect</result><error>connection refused</error>"
        "<timings><dns>0.1</dns><total>0.3</total></timings></attempt>"
        "<attempt><number>2</number><started>2026-11-24T17:02:05.250Z</started>"
        "<result>status</result><status>503</status><error>the endpoint answered 503</error>"
        "<timings><dns>0.1</dns><connect>0.3</connect><tls>2</tls><firstByte>30.525</firstByte>"
        "<total>1030.901</total></timings><response>busy\n&lt;&amp;&gt;</response></attempt>"
        "</attempts></delivery>");
  CHECK(write_delivery(Format::kXml, skipped()) ==
        R"(<?xml version="1.0" encoding="UTF-8"?><delivery>)"
        "<id>01a20e81-d738-7000-bcf4-e40959758c1a_1795539720000_2</id>"
        "<job>01a20e81-d738-7000-bcf4-e40959758c1a</job><account>b \"c\"</account>"
        "<fireTime>2026-11-24T17:02:00Z</fireTime><state>skipped</state>"
        "<ended>2026-11-24T17:03:30Z</ended><reason>found &lt;90 s late</reason>"
        "<attempts></attempts></delivery>");
}

TEST_CASE("a list has its frame, also without deliveries") {
  const std::string one = write_delivery(Format::kJson, waiting());
  const std::string other = write_delivery(Format::kJson, failing());
  CHECK(write_deliveries(Format::kJson, {}) == "[]");
  CHECK(write_deliveries(Format::kJson, std::vector{waiting()}) == "[" + one + "]");
  CHECK(write_deliveries(Format::kJson, std::vector{waiting(), failing()}) ==
        "[" + one + "," + other + "]");

  const std::string declaration = R"(<?xml version="1.0" encoding="UTF-8"?>)";
  const std::string element = write_delivery(Format::kXml, waiting()).substr(declaration.size());
  CHECK(write_deliveries(Format::kXml, {}) == declaration + "<deliveries></deliveries>");
  CHECK(write_deliveries(Format::kXml, std::vector{waiting(), waiting()}) ==
        declaration + "<deliveries>" + element + element + "</deliveries>");
}

TEST_CASE("a response that a format cannot carry as text is in base64") {
  struct Row {
    std::string response;
    std::string_view json;
    std::string_view xml;
  };

  const Row rows[] = {
      {"plain", R"("response":"plain"}]})",
       "<response>plain</response></attempt></attempts></delivery>"},
      {"\xFF", R"("response":"/w==","responseEncoding":"base64"}]})",
       "<response encoding=\"base64\">/w==</response></attempt></attempts></delivery>"},
      {std::string(1, '\0'), R"("response":"\u0000"}]})",
       "<response encoding=\"base64\">AA==</response></attempt></attempts></delivery>"},
      {"", "absent", "absent"},
  };
  for (const Row& row : rows) {
    CHECK(after(write_delivery(Format::kJson, answered(row.response)), "\"response\"") == row.json);
    CHECK(after(write_delivery(Format::kXml, answered(row.response)), "<response") == row.xml);
  }
}

TEST_CASE("what is written in JSON reads back the same") {
  std::string every_byte;
  for (int byte = 0; byte < 256; ++byte)
    every_byte += static_cast<char>(byte);
  std::vector<LoggedDelivery> all{waiting(),    failing(),
                                  skipped(),    answered(every_byte),
                                  answered(""), answered("\xEF\xBF\xBD \r\n")};
  for (int i = 0; i <= static_cast<int>(DeliveryState::kCancelled); ++i) {
    all.push_back(waiting());
    all.back().state = static_cast<DeliveryState>(i);
  }
  for (int i = 0; i <= static_cast<int>(Fault::kInterrupted); ++i) {
    all.push_back(failing());
    all.back().attempts.front().fault = static_cast<Fault>(i);
  }
  for (const LoggedDelivery& delivery : all)
    CHECK(read_delivery(write_delivery(Format::kJson, delivery)) == delivery);
  CHECK(read_deliveries(write_deliveries(Format::kJson, all)) == all);
  CHECK(read_deliveries("[]") == std::vector<LoggedDelivery>{});
}

TEST_CASE("XML is well-formed whatever a response holds") {
  struct Ignore final : XmlHandler {
    Result<void> start(std::string_view, const XmlAttributes&, std::size_t) override { return {}; }

    Result<void> text(std::string_view, std::size_t) override { return {}; }

    Result<void> end(std::size_t) override { return {}; }
  };

  for (int byte = 0; byte < 256; ++byte) {
    Ignore ignore;
    CHECK(read_xml(write_delivery(Format::kXml, answered(std::string(1, static_cast<char>(byte)))),
                   ignore));
  }
}

TEST_CASE("members of a newer daemon are passed over") {
  const std::string known = write_delivery(Format::kJson, failing());
  const std::string more =
      R"({"new":{"id":1,"attempts":[{"number":[{"total":null}]}]},)" + known.substr(1);
  CHECK(read_delivery(more) == failing());
  std::string within = known;
  within.insert(within.find("\"number\":2"), R"("new":{"timings":{"dns":"x"},"dns":[]},)");
  within.insert(within.find("\"dns\""), R"("new":{"dns":[1]},)");
  CHECK(read_delivery(within) == failing());
}

TEST_CASE("what is not of the attempt log is refused, not guessed at") {
  const std::string id = R"("id":"01a20e81-d738-7000-bcf4-e40959758c1a_1")";
  const std::string rows[] = {
      "",
      "{}",
      "[]",
      "null",
      "7",
      "{" + id + "}",
      R"({"state":"waiting"})",
      R"({"id":"x","state":"waiting"})",
      R"({"id":null,"state":"waiting"})",
      "{" + id + R"(,"state":"asleep"})",
      "{" + id + R"(,"state":"waiting","due":"soon"})",
      "{" + id + R"(,"state":"waiting","attempts":{}})",
      "{" + id + R"(,"state":"waiting","attempts":[1]})",
      "{" + id + R"(,"state":"waiting","attempts":[[]]})",
      "{" + id + R"(,"state":"waiting","attempts":[{"number":-1}]})",
      "{" + id + R"(,"state":"waiting","attempts":[{"number":1.5}]})",
      "{" + id + R"(,"state":"waiting","attempts":[{"result":"odd"}]})",
      "{" + id + R"(,"state":"waiting","attempts":[{"timings":{"total":-1}}]})",
      "{" + id + R"(,"state":"waiting","attempts":[{"timings":{"total":1e300}}]})",
      "{" + id + R"(,"state":"waiting","attempts":[{"timings":{"dns":"fast"}}]})",
      "{" + id + R"(,"state":"waiting","attempts":[{"response":"!","responseEncoding":"base64"}]})",
      "{" + id + R"(,"state":"waiting","attempts":[{"response":"","responseEncoding":"hex"}]})",
  };
  for (const std::string& row : rows) {
    CAPTURE(row);
    CHECK_FALSE(read_delivery(row));
    if (!row.empty()) CHECK_FALSE(read_deliveries("[" + row + "]"));
  }
  CHECK_FALSE(read_deliveries("{}"));
  CHECK_FALSE(read_deliveries("[[]]"));
}
