#include "core/job/callback_fields.h"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "core/codec/codec.h"
#include "core/job/document.h"
#include "core/time/iso8601.h"

using jobsched::check_new_job;
using jobsched::ErrorKind;
using jobsched::Format;
using jobsched::Headers;
using jobsched::Instant;
using jobsched::Job;
using jobsched::JobDocument;
using jobsched::JobSpec;
using jobsched::Method;
using jobsched::no_zones;
using jobsched::Result;
using jobsched::Retry;
using namespace std::chrono_literals;
using namespace std::string_literals;

// The fields that say how a callback is made, from the document to the job and back.

namespace {

const Instant kNow = jobsched::parse_instant("2026-03-01T12:00:00Z").value();

// The document's job, with the fields every job needs added.
Result<JobSpec> check(Format format, const std::string& fields) {
  const std::string document =
      format == Format::kJson
          ? R"({"url":"https://example.org/","when":"2027-01-01T00:00Z")" +
                (fields.empty() ? "" : "," + fields) + "}"
          : "<job><url>https://example.org/</url><when>2027-01-01T00:00Z</when>" + fields +
                "</job>";
  return jobsched::read_job(format, document).and_then([](const JobDocument& read) {
    return check_new_job(read, {}, no_zones, kNow);
  });
}

JobSpec accepted(Format format, const std::string& fields) {
  CAPTURE(fields);
  Result<JobSpec> spec = check(format, fields);
  REQUIRE_MESSAGE(spec.has_value(), spec.error().detail);
  return *std::move(spec);
}

struct Refusal {
  std::string fields;
  std::string_view field;
  std::string_view says;
};

void check_refused(Format format, const Refusal& row) {
  CAPTURE(row.fields);
  const Result<JobSpec> spec = check(format, row.fields);
  REQUIRE_FALSE(spec.has_value());
  CHECK((spec.error().kind == ErrorKind::kInvalid));
  CHECK(spec.error().field == row.field);
  CHECK_MESSAGE(spec.error().detail.find(row.says) != std::string::npos, spec.error().detail);
}

std::string repeat(std::string_view piece, std::size_t times) {
  std::string text;
  for (; times > 0; --times)
    text += piece;
  return text;
}

// "headers":{"X-1":"v",…}
std::string json_headers(std::size_t count, const std::string& value) {
  std::string text;
  for (std::size_t i = 1; i <= count; ++i) {
    text += (text.empty() ? "" : ",") + ("\"X-" + std::to_string(i)) + "\":\"" + value + '"';
  }
  return R"("headers":{)" + text + "}";
}

// "retry":{"backoff":[1,…]}
std::string json_backoff(std::size_t count) {
  return R"("retry":{"backoff":[1)" + repeat(",1", count - 1) + "]}";
}

}  // namespace

TEST_CASE("the fields of a callback are read from JSON and from XML alike, and written back") {
  struct Row {
    std::string json;
    std::string xml;
    std::string_view rule;
    std::optional<std::string> written = {};  // as JSON, where that is not `json`
  };

  const Row rows[] = {
      {R"("name":"nightly")", "<name>nightly</name>", "a name"},
      {R"("method":"PUT")", "<method>PUT</method>", "a method"},
      {R"("method":"PATCH")", "<method>PATCH</method>", "a method"},
      {R"("method":"DELETE")", "<method>DELETE</method>", "a method"},
      {R"("method":"GET")", "<method>GET</method>", "a method"},
      {R"("method":"POST")", "<method>POST</method>", "the default is not shown", ""},
      {R"("data":"x","method":"DELETE")", "<data>x</data><method>DELETE</method>",
       "a DELETE may have data"},
      {R"("data":"","method":"GET")", "<data/><method>GET</method>", "a GET without a body"},
      {R"("headers":{"X-B":"1","X-A":"2"})",
       R"(<headers><header name="X-B">1</header><header name="X-A">2</header></headers>)",
       "headers stay in their order"},
      {R"("headers":{"X-A":""})", R"(<headers><header name="X-A"/></headers>)", "an empty value"},
      {R"("headers":{"X-A":"a \"b\" <c>&d"})",
       R"(<headers> <header name='X-A'>a "b" &lt;c&gt;&amp;d</header>
          </headers>)",
       "awkward values, and white space around elements"},
      {R"("headers":{"!#$%&'*+-.^_`|~":"x"})",
       R"(<headers><header name="!#$%&amp;'*+-.^_`|~">x</header></headers>)", "an awkward name"},
      {R"("headers":{"User-Agent":"mine","Accept":"*/*","X-Forwarded-Host":"h"})",
       R"(<headers><header name="User-Agent">mine</header><header name="Accept">*/*</header><header name="X-Forwarded-Host">h</header></headers>)",
       "headers that are the job's to set"},
      {R"("headers":{})", "<headers/>", "no headers are not shown", ""},
      {R"("timeout":1)", "<timeout>1</timeout>", "the least timeout"},
      {R"("timeout":300)", "<timeout>300</timeout>", "the longest timeout"},
      {R"("retry":{"attempts":1})", "<retry><attempts>1</attempts></retry>", "attempts"},
      {R"("retry":{"backoff":[5,30]})", "<retry><backoff>5</backoff> <backoff>30</backoff></retry>",
       "backoff"},
      {R"("retry":{"backoff":[5],"attempts":20})",
       "<retry><backoff>5</backoff><attempts>20</attempts></retry>", "members in any order",
       R"("retry":{"attempts":20,"backoff":[5]})"},
      {R"("retry":{"backoff":[86400,1]})",
       "<retry><backoff>86400</backoff><backoff>1</backoff></retry>", "the longest delay"},
      {json_backoff(19), "<retry>" + repeat("<backoff>1</backoff>", 19) + "</retry>",
       "the most delays"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.rule);
    const std::string fields = row.written.value_or(row.json);
    for (const Format format : {Format::kJson, Format::kXml}) {
      const JobSpec spec = accepted(format, format == Format::kJson ? row.json : row.xml);
      const std::string written = write_job(Format::kJson, Job{{}, "a", spec, {}});
      const bool after_schedule = fields.empty() || fields.starts_with("\"data\"")
                                      ? !written.ends_with(",}")
                                      : written.ends_with("Z\"," + fields + "}");
      CHECK_MESSAGE(after_schedule, written);
      for (const Format other : {Format::kJson, Format::kXml}) {
        auto again = jobsched::read_job(other, write_job(other, Job{{}, "a", spec, {}}));
        REQUIRE(again.has_value());
        again->id.reset();
        again->account.reset();
        const auto checked = check_new_job(*again, {}, no_zones, kNow);
        REQUIRE(checked.has_value());
        CHECK(checked->name == spec.name);
        CHECK((checked->method == spec.method));
        CHECK(checked->headers == spec.headers);
        CHECK((checked->timeout == spec.timeout));
        CHECK((checked->retry == spec.retry));
        // What a client sends is what it has read.
        CHECK((jobsched::read_job(other, write_document(other, *again)) == *again));
      }
    }
  }
}

TEST_CASE("the fields of a callback stand between the time zone and the misfire rule") {
  JobSpec spec = accepted(
      Format::kJson,
      R"("paused":true,"misfire":"skip","retry":{"attempts":2},"timeout":9,"headers":{"A":"b"},)"
      R"("method":"PUT","name":"n")");
  spec.timezone = "UTC";
  CHECK(write_job(Format::kJson, Job{{}, "a", spec, {}}) ==
        R"({"id":"00000000-0000-0000-0000-000000000000","account":"a",)"
        R"("url":"https://example.org/","when":"2027-01-01T00:00:00Z","timezone":"UTC",)"
        R"("name":"n","method":"PUT","headers":{"A":"b"},"timeout":9,"retry":{"attempts":2},)"
        R"("misfire":"skip","paused":true})");
  CHECK(write_job(Format::kXml, Job{{}, "a", spec, {}})
            .ends_with("<timezone>UTC</timezone><name>n</name><method>PUT</method>"
                       "<headers><header name=\"A\">b</header></headers><timeout>9</timeout>"
                       "<retry><attempts>2</attempts></retry><misfire>skip</misfire>"
                       "<paused>true</paused></job>"));
}

TEST_CASE("a job that does not say how its callback is made leaves it to the daemon") {
  const JobSpec spec = accepted(Format::kJson, "");
  CHECK_FALSE(spec.name.has_value());
  CHECK((spec.method == Method::kPost));
  CHECK(spec.headers.empty());
  CHECK_FALSE(spec.timeout.has_value());
  CHECK_FALSE(spec.retry.has_value());
}

TEST_CASE("a name is a line of at most 128 characters") {
  accepted(Format::kJson, R"("name":")" + repeat("\u20AC", 128) + '"');
  accepted(Format::kJson, R"("name":"a b/c.d")");
  const Refusal rows[] = {
      {R"("name":"")", "name", "must not be empty; leave the field out instead"},
      {R"("name":" a")", "name", "the name must not begin or end with a blank"},
      {R"("name":"a\tb")", "name", "control characters or line ends"},
      {R"("name":"a\nb")", "name", "control characters or line ends"},
      {R"("name":"a\u0085")", "name", "control characters"},
      {R"("name":")" + repeat("\u20AC", 129) + '"', "name",
       "the name has 129 characters; at most 128 are allowed"},
      {R"("name":7)", "name", "the field is a string, not a number"},
  };
  for (const Refusal& row : rows)
    check_refused(Format::kJson, row);
}

TEST_CASE("a method is one of five, and a GET has no data") {
  const Refusal rows[] = {
      {R"("method":"get")", "method",
       "there is no method \"get\"; write POST, PUT, PATCH, GET or DELETE, in upper case"},
      {R"("method":"HEAD")", "method", "there is no method \"HEAD\""},
      {R"("method":"")", "method", "there is no method \"\""},
      {R"("method":" GET")", "method", "there is no method"},
      {R"("method":null)", "method", "a string, not null; leave it out instead"},
      {R"("method":"GET","data":"x")", "data",
       "a GET has no body to carry the data; leave it out, or write another method such as POST"},
  };
  for (const Refusal& row : rows)
    check_refused(Format::kJson, row);
}

TEST_CASE("headers are few, small, well-formed, and the job's to set") {
  accepted(Format::kJson, json_headers(32, "v"));
  accepted(Format::kJson, R"("headers":{"X":")" + std::string(8'191, 'x') + "\"}");
  accepted(Format::kJson, R"("headers":{"X":"\u20AC"})");
  const Refusal rows[] = {
      {json_headers(33, "v"), "headers", "there are 33 headers; at most 32 are allowed"},
      {R"("headers":{"X":")" + std::string(8'192, 'x') + "\"}", "headers",
       "the headers have 8193 bytes, names and values; at most 8192 are allowed"},
      {R"("headers":{"":"x"})", "headers", "\"\" is not the name of a header"},
      {R"("headers":{"X A":"x"})", "headers", "\"X A\" is not the name of a header"},
      {R"("headers":{"X:":"x"})", "headers", "\"X:\" is not the name of a header"},
      {R"("headers":{"X\r\nY":"x"})", "headers", "is not the name of a header"},
      {R"("headers":{"X\u00e9":"x"})", "headers", "is not the name of a header"},
      {R"("headers":{"X-A":" x"})", "headers", "the header X-A must not begin or end with a blank"},
      {R"("headers":{"X-A":"x\t"})", "headers", "must not begin or end with a blank"},
      {R"("headers":{"X-A":"x\r\nX-B: y"})", "headers",
       "the header X-A must not have control characters or line ends"},
      {R"("headers":{"X-A":"1","X-A":"1"})", "headers",
       "the header X-A is given twice; leave one of them out"},
      {R"("headers":{"X-A":"1","X-B":"2","x-a":"1"})", "headers", "the header x-a is given twice"},
      {R"("headers":{"X-A":1})", "headers", "the header X-A is a string, not a number"},
      {R"("headers":{"X-A":null})", "headers", "not null; leave it out instead"},
      {R"("headers":{"X-A":{"b":"c"}})", "headers", "the header X-A is a string, not an object"},
      {R"("headers":{"X-A":["b"]})", "headers", "the header X-A is a string, not an array"},
      {R"("headers":["X-A: 1"])", "headers", "the field is an object, not an array"},
      {R"("headers":"X-A: 1")", "headers", "the field is an object, not a string"},
      {R"("headers":{},"headers":{})", "headers", "the field is given twice"},
  };
  for (const Refusal& row : rows)
    check_refused(Format::kJson, row);
}

TEST_CASE("a header that is not the job's to set says whose it is") {
  struct Row {
    std::string name;
    std::string_view says;
  };

  const Row rows[] = {
      {"Connection", "is about the connection, not the job; leave it out"},
      {"Keep-Alive", "is about the connection"},
      {"Proxy-Authorization", "is about the connection"},
      {"proxy-anything", "is about the connection"},
      {"TE", "is about the connection"},
      {"trailer", "is about the connection"},
      {"Transfer-Encoding", "is about the connection"},
      {"UPGRADE", "is about the connection"},
      {"Expect", "is about the connection"},
      {"Host", "the header Host follows from the url; leave it out"},
      {"Content-Type", "write contentType instead"},
      {"Content-Length", "follows from the data"},
      {"content-anything", "follows from the data"},
      {"Webhook-Id", "the header Webhook-Id is the scheduler's own; leave it out"},
      {"webhook-signature", "is the scheduler's own"},
      {"Jobsched-Attempt", "is the scheduler's own"},
      {"jobsched-x", "is the scheduler's own"},
      {"X-Content-Signature", "has a field of its own; write signature instead"},
  };
  for (const Row& row : rows)
    check_refused(Format::kJson, {R"("headers":{")" + row.name + R"(":"x"})", "headers", row.says});
}

TEST_CASE("a timeout is a whole number of seconds, from 1 to 300") {
  const Refusal rows[] = {
      {R"("timeout":0)", "timeout", "the timeout must be from 1 to 300 seconds, not 0"},
      {R"("timeout":301)", "timeout", "not 301"},
      {R"("timeout":-1)", "timeout", "not -1"},
      {R"("timeout":99999999999999999999)", "timeout", "must be from 1 to 300 seconds"},
      {R"("timeout":-99999999999999999999)", "timeout", "must be from 1 to 300 seconds"},
      {R"("timeout":30.5)", "timeout", "the timeout is a whole number, not \"30.5\""},
      {R"("timeout":30.0)", "timeout", "is a whole number, not \"30.0\""},
      {R"("timeout":3e1)", "timeout", "is a whole number, not \"3e1\""},
      {R"("timeout":"30")", "timeout", "the field is a number, not a string"},
      {R"("timeout":null)", "timeout", "the field is a number, not null; leave it out instead"},
      {R"("timeout":[30])", "timeout", "the field is a number, not an array"},
      {R"("timeout":30,"timeout":30)", "timeout", "is given twice"},
  };
  for (const Refusal& row : rows)
    check_refused(Format::kJson, row);
}

TEST_CASE("retry has attempts, backoff or both") {
  const Refusal rows[] = {
      {R"("retry":{})", "retry", "retry must have attempts, backoff or both; leave it out instead"},
      {R"("retry":{"attempts":0})", "retry", "attempts must be from 1 to 20, not 0"},
      {R"("retry":{"attempts":21})", "retry", "not 21"},
      {R"("retry":{"attempts":2.5})", "retry",
       "the number of attempts is a whole number, not \"2.5\""},
      {R"("retry":{"attempts":"2"})", "retry", "the number of attempts is a number, not a string"},
      {R"("retry":{"attempts":null})", "retry", "not null"},
      {R"("retry":{"backoff":[]})", "retry", "backoff must not be empty"},
      {json_backoff(20), "retry", "backoff has 20 delays; at most 19 are allowed"},
      {R"("retry":{"backoff":[1,0]})", "retry",
       "a delay of the backoff must be from 1 to 86400 seconds, not 0"},
      {R"("retry":{"backoff":[86401]})", "retry", "not 86401"},
      {R"("retry":{"backoff":[0.5]})", "retry",
       "the delay of the backoff is a whole number, not \"0.5\""},
      {R"("retry":{"backoff":["5"]})", "retry", "is a number, not a string"},
      {R"("retry":{"backoff":[[5]]})", "retry", "is a number, not an array"},
      {R"("retry":{"backoff":5})", "retry", "the backoff is an array, not a number"},
      {R"("retry":{"attempts":{}})", "retry", "is a number, not an object"},
      {R"("retry":{"delays":[5]})", "retry",
       "there is no \"delays\" in retry; it has attempts and backoff"},
      {R"("retry":{"attempts":2,"attempts":2})", "retry",
       "retry has attempts twice; leave one of them out"},
      {R"("retry":{"backoff":[1],"backoff":[1]})", "retry", "retry has backoff twice"},
      {R"("retry":5)", "retry", "the field is an object, not a number"},
      {R"("retry":[5])", "retry", "the field is an object, not an array"},
  };
  for (const Refusal& row : rows)
    check_refused(Format::kJson, row);
}

TEST_CASE("in XML the members of a field are elements") {
  const Refusal rows[] = {
      {"<headers>X-A: 1</headers>", "", "the text \"X-A: 1\" stands outside the fields"},
      {"<headers><X-A>1</X-A></headers>", "headers",
       "elements like <header name=\"X-A\">value</header>, not \"<X-A>\""},
      {"<headers><header>1</header></headers>", "headers", "elements like <header name="},
      {R"(<headers><header name="X-A" value="1"/></headers>)", "headers",
       "there is no attribute \"value\""},
      {R"(<headers><header name="X-A"><b/></header></headers>)", "headers",
       "the element holds text, not elements"},
      {R"(<headers><header name="X-A"> 1 </header></headers>)", "headers",
       "begin or end with a blank"},
      {R"(<headers><header name="X-A">1</header><header name="x-a">1</header></headers>)",
       "headers", "is given twice"},
      {R"(<headers name="X-A"/>)", "headers", "there is no attribute \"name\""},
      {"<headers/><headers/>", "headers", "is given twice"},
      {"<timeout/>", "timeout", "is a whole number, not \"\""},
      {"<timeout>30s</timeout>", "timeout", "is a whole number, not \"30s\""},
      {"<timeout> 30</timeout>", "timeout", "is a whole number, not \" 30\""},
      {"<timeout>301</timeout>", "timeout", "from 1 to 300"},
      {"<retry/>", "retry", "must have attempts, backoff or both"},
      {"<retry>5</retry>", "", "stands outside the fields"},
      {"<retry><attempts>5</attempts><attempts>5</attempts></retry>", "retry", "attempts twice"},
      {"<retry><attempts>x</attempts></retry>", "retry", "is a whole number, not \"x\""},
      {"<retry><backoff/></retry>", "retry", "is a whole number, not \"\""},
      {"<retry><backoff><delay>5</delay></backoff></retry>", "retry",
       "the element holds text, not elements"},
      {"<retry><delay>5</delay></retry>", "retry", "there is no \"delay\" in retry"},
      {R"(<retry><attempts x="1">5</attempts></retry>)", "retry", "there is no attribute \"x\""},
  };
  for (const Refusal& row : rows)
    check_refused(Format::kXml, row);
}

TEST_CASE("the first fault of a callback's fields is the one named") {
  const std::string from_retry = R"("misfire":"","retry":{})";
  const std::string from_timeout = from_retry + R"(,"timeout":0)";
  const std::string from_headers = from_timeout + R"(,"headers":{"":""})";
  const std::string from_method = from_headers + R"(,"method":"")";
  check_refused(Format::kJson, {from_retry, "retry", ""});
  check_refused(Format::kJson, {from_timeout, "timeout", ""});
  check_refused(Format::kJson, {from_headers, "headers", ""});
  check_refused(Format::kJson, {from_method, "method", ""});
  check_refused(Format::kJson, {from_method + R"(,"name":"")", "name", ""});
}
