#include "core/job/document.h"

#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "core/time/iso8601.h"

using jobsched::check_new_job;
using jobsched::check_replacement;
using jobsched::ErrorKind;
using jobsched::Instant;
using jobsched::Job;
using jobsched::JobDocument;
using jobsched::JobSpec;
using jobsched::Limits;
using jobsched::no_zones;
using jobsched::Result;
using namespace std::chrono_literals;
using namespace std::string_literals;

namespace {

const Instant kNow = jobsched::parse_instant("2026-11-01T12:00:00Z").value();
constexpr std::string_view kId = "03ba07bc-0c8b-4a82-9a47-c65e7a8d24af";

JobDocument one_time() {
  JobDocument document;
  document.url = "https://example.com/my-callback";
  document.when = "2026-12-01T15:30:00Z";
  return document;
}

JobDocument recurring(std::string cron) {
  JobDocument document;
  document.url = "https://example.com/my-callback";
  document.cron = std::move(cron);
  return document;
}

Job current() {
  return Job{
      *jobsched::parse_job_id(kId), "example", *check_new_job(one_time(), {}, no_zones, kNow), {}};
}

void check_refused(const Result<JobSpec>& spec, std::string_view field, std::string_view says) {
  REQUIRE_FALSE(spec.has_value());
  CHECK(spec.error().kind == ErrorKind::kInvalid);
  CHECK(spec.error().field == field);
  CHECK_MESSAGE(spec.error().detail.find(says) != std::string::npos, spec.error().detail);
}

}  // namespace

TEST_CASE("a document with url and when makes a one-time job") {
  JobDocument document = one_time();
  document.when = "2026-12-01T16:30:00.5+01:00";
  const auto spec = check_new_job(document, {}, no_zones, kNow);
  REQUIRE(spec.has_value());
  CHECK(spec->url == "https://example.com/my-callback");
  CHECK_FALSE(spec->signature.has_value());
  CHECK_FALSE(spec->content_type.has_value());
  CHECK_FALSE(spec->data.has_value());
  REQUIRE(std::holds_alternative<jobsched::Once>(spec->schedule));
  CHECK(jobsched::format_instant(std::get<jobsched::Once>(spec->schedule).when) ==
        "2026-12-01T15:30:00.500Z");
}

TEST_CASE("a document with url and cron makes a recurring job, the expression kept as written") {
  JobDocument document = recurring("0 15  10 ? * *");
  document.signature = "507aaa0733464499847c930db95983f8994ae266";
  document.content_type = "text/plain";
  document.data = "testing";
  const auto spec = check_new_job(document, {}, no_zones, kNow);
  REQUIRE(spec.has_value());
  CHECK(spec->signature == document.signature);
  CHECK(spec->content_type == document.content_type);
  CHECK(spec->data == document.data);
  REQUIRE(std::holds_alternative<jobsched::Recurring>(spec->schedule));
  CHECK(std::get<jobsched::Recurring>(spec->schedule).cron.text() == "0 15  10 ? * *");
}

TEST_CASE("the least and the most that a field may hold is accepted") {
  struct Row {
    std::optional<std::string> JobDocument::*field;
    std::string value;
  };

  const Row rows[] = {
      {&JobDocument::signature, "x"},
      {&JobDocument::signature, std::string(4'096, 'x')},
      {&JobDocument::signature, "a b\u00E9\u20AC\U0001F600"},
      {&JobDocument::content_type, "a/b"},
      {&JobDocument::content_type, "text/plain; charset=\"utf-8\" ;x=1"},
      {&JobDocument::content_type, "application/vnd.example+json"},
      {&JobDocument::content_type, "a/" + std::string(253, 'b')},
      {&JobDocument::data, ""},
      {&JobDocument::data, "\0\xFF\r\n"s},
      {&JobDocument::data, std::string(2'048, 'x')},
      {&JobDocument::when, "2026-11-01T12:00:00.001Z"},
      {&JobDocument::when, "2126-11-01T00:00:00Z"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.value);
    JobDocument document = one_time();
    document.*row.field = row.value;
    const auto spec = check_new_job(document, {}, no_zones, kNow);
    REQUIRE_MESSAGE(spec.has_value(), spec.error().detail);
  }
}

TEST_CASE("a field that breaks its rule is named") {
  struct Row {
    std::optional<std::string> JobDocument::*field;
    std::string value;
    std::string_view name;
    std::string_view says;
  };

  const Row rows[] = {
      {&JobDocument::id, std::string(kId), "id", "assigned by the scheduler; leave it out"},
      {&JobDocument::account, "example", "account", "assigned by the scheduler; leave it out"},
      {&JobDocument::url, "", "url", "must not be empty"},
      {&JobDocument::url, "ftp://example.com/", "url", "http and https URLs only"},
      {&JobDocument::signature, "", "signature", "must not be empty; leave the field out"},
      {&JobDocument::signature, " x", "signature", "begin or end with a blank"},
      {&JobDocument::signature, "x\t", "signature", "begin or end with a blank"},
      {&JobDocument::signature, "a\tb", "signature", "control characters"},
      {&JobDocument::signature, "a\r\nX-Evil: 1", "signature", "control characters or line ends"},
      {&JobDocument::signature, "a\0b"s, "signature", "control characters"},
      {&JobDocument::signature, "\x7F", "signature", "control characters"},
      {&JobDocument::signature, "\u0085", "signature", "control characters"},
      {&JobDocument::signature, "\uFFFF", "signature", "control characters"},
      {&JobDocument::signature, "\xFF", "signature", "is not UTF-8"},
      {&JobDocument::signature, std::string(4'097, 'x'), "signature",
       "the signature has 4097 bytes; at most 4096 are allowed"},
      {&JobDocument::content_type, "", "contentType", "must not be empty; leave the field out"},
      {&JobDocument::content_type, "text", "contentType", "\"text\" is not a media type"},
      {&JobDocument::content_type, "text/", "contentType", "write one like text/plain"},
      {&JobDocument::content_type, "text/plain; charset", "contentType", "is not a media type"},
      {&JobDocument::content_type, "text/plain, text/html", "contentType", "is not a media type"},
      {&JobDocument::content_type, "text/plain;a=\"\u00E9\"", "contentType", "not a media type"},
      {&JobDocument::content_type, "text/plain\r\nX-Evil: 1", "contentType", "line ends"},
      {&JobDocument::content_type, " text/plain", "contentType", "begin or end with a blank"},
      {&JobDocument::content_type, "a/" + std::string(254, 'b'), "contentType",
       "the contentType has 256 bytes; at most 255 are allowed"},
      {&JobDocument::data, std::string(2'049, 'x'), "data",
       "the data has 2049 bytes; at most 2048 are allowed (the daemon's setting limits.data)"},
      {&JobDocument::when, "", "when", "must not be empty"},
      {&JobDocument::when, "tomorrow", "when", "this is not an ISO 8601 time"},
      {&JobDocument::when, "2026-12-01T15:30:00", "when", "add Z for UTC, or an offset"},
      {&JobDocument::when, "2026-02-30T15:30:00Z", "when", "2026-02 has no day 30"},
      {&JobDocument::when, "2026-11-01T12:00:00Z", "when",
       "2026-11-01T12:00:00Z is not later than now, 2026-11-01T12:00:00Z"},
      {&JobDocument::when, "2011-05-11T15:30:00Z", "when", "must be in the future"},
      {&JobDocument::when, "2126-11-03T00:00:00Z", "when", "at most 100 years ahead"},
      {&JobDocument::cron, "0 15 10 ? * *", "cron", "exclude each other; leave one of them out"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.value);
    JobDocument document = one_time();
    document.*row.field = row.value;
    check_refused(check_new_job(document, {}, no_zones, kNow), row.name, row.says);
  }
}

TEST_CASE("a cron expression is parsed, fires again, and not too often") {
  struct Row {
    std::string cron;
    std::string_view says;
  };

  const Row rows[] = {
      {"", "must not be empty; write an expression like 0 15 10 ? * *"},
      {"0 0 12 1 1 ? 2020", "never fires after now, 2026-11-01T12:00:00Z"},
      {"0 */5 * ? * *",
       "fires 5m apart at its closest; at least 10m are required (the daemon's setting "
       "limits.min_interval)"},
      {"* * * ? * *", "fires 1s apart"},
      {"0 */11 * ? * *",
       "fires 5m apart at its closest; at least 10m are required (the daemon's setting "
       "limits.min_interval); its steps start over with each hour or day: write `0 */12 * ? * *`"},
      {"0 5/27 * ? * *", "write `0 5/30 * ? * *`"},
      {"0 0/55\t* ? * *", "write `0 0 * ? * *`"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.cron);
    check_refused(check_new_job(recurring(row.cron), {}, no_zones, kNow), "cron", row.says);
  }
  CHECK_FALSE(check_new_job(recurring("nonsense"), {}, no_zones, kNow).has_value());
  // At the limit, and one that fires only once.
  CHECK(check_new_job(recurring("0 */10 * ? * *"), {}, no_zones, kNow).has_value());
  CHECK(check_new_job(recurring("0 15 10 24 12 ? 2027"), {}, no_zones, kNow).has_value());
  CHECK(check_new_job(recurring("0 */5 * ? * *"), Limits{.min_interval = 300s}, no_zones, kNow)
            .has_value());
}

TEST_CASE("a document needs a url and a schedule") {
  JobDocument document = one_time();
  document.url.reset();
  check_refused(check_new_job(document, {}, no_zones, kNow), "url", "the url is missing");
  document = one_time();
  document.when.reset();
  check_refused(check_new_job(document, {}, no_zones, kNow), "when",
                "add when for a single time or cron for a schedule");
}

TEST_CASE("the first fault in the order of the fields is the one named") {
  JobDocument document;
  document.account = "x";
  document.url = "";
  document.signature = "";
  document.content_type = "";
  document.data = std::string(3'000, 'x');
  document.when = "";
  check_refused(check_new_job(document, {}, no_zones, kNow), "account", "");
  document.account.reset();
  check_refused(check_new_job(document, {}, no_zones, kNow), "url", "");
  document.url = "http://example.com";
  check_refused(check_new_job(document, {}, no_zones, kNow), "signature", "");
  document.signature.reset();
  check_refused(check_new_job(document, {}, no_zones, kNow), "contentType", "");
  document.content_type.reset();
  check_refused(check_new_job(document, {}, no_zones, kNow), "data", "");
  document.data.reset();
  check_refused(check_new_job(document, {}, no_zones, kNow), "when", "");
}

TEST_CASE("the limit of data is the daemon's") {
  JobDocument document = one_time();
  document.data = std::string(5, 'x');
  CHECK(check_new_job(document, Limits{.data = 5}, no_zones, kNow).has_value());
  check_refused(check_new_job(document, Limits{.data = 4}, no_zones, kNow), "data",
                "the data has 5 bytes; at most 4 are allowed");
}

TEST_CASE("a replacement may repeat the job's own id and account and no others") {
  JobDocument document = one_time();
  CHECK(check_replacement(document, current(), {}, no_zones, kNow).has_value());
  document.id = kId;
  document.account = "example";
  CHECK(check_replacement(document, current(), {}, no_zones, kNow).has_value());
  document.id = "03BA07BC-0C8B-4A82-9A47-C65E7A8D24AF";
  CHECK(check_replacement(document, current(), {}, no_zones, kNow).has_value());

  for (const std::string id : {"", "1", "03ba07bc-0c8b-4a82-9a47-c65e7a8d24ae"}) {
    CAPTURE(id);
    document.id = id;
    check_refused(check_replacement(document, current(), {}, no_zones, kNow), "id",
                  "leave it out or write 03ba07bc-0c8b-4a82-9a47-c65e7a8d24af");
  }
  document.id.reset();
  document.account = "Example";
  check_refused(check_replacement(document, current(), {}, no_zones, kNow), "account",
                "cannot be changed");
}

TEST_CASE("a replacement keeps the rules of a new job") {
  JobDocument document = one_time();
  document.when = "2026-10-01T00:00:00Z";
  check_refused(check_replacement(document, current(), {}, no_zones, kNow), "when",
                "in the future");
}
