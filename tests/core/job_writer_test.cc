#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "core/codec/codec.h"
#include "core/time/iso8601.h"

using jobsched::Format;
using jobsched::Instant;
using jobsched::Job;
using jobsched::JobDocument;
using jobsched::read_job;
using jobsched::write_document;
using jobsched::write_job;
using namespace std::string_literals;

namespace {

constexpr std::string_view kId = "03ba07bc-0c8b-4a82-9a47-c65e7a8d24af";
constexpr std::string_view kXml = R"(<?xml version="1.0" encoding="UTF-8"?>)";

Instant instant(std::string_view text) {
  return jobsched::parse_instant(text).value();
}

Job one_time() {
  Job job;
  job.id = *jobsched::parse_job_id(kId);
  job.account = "example";
  job.spec.url = "https://example.com/my-callback";
  job.spec.schedule = jobsched::Once{instant("2011-05-11T15:30:00Z")};
  job.next = instant("2011-05-11T15:30:00Z");
  return job;
}

Job recurring() {
  Job job = one_time();
  job.spec.schedule =
      jobsched::Recurring{jobsched::cron::Expression::parse("0 15 10 ? * *").value()};
  return job;
}

Job full() {
  Job job = one_time();
  job.spec.signature = "507aaa0733464499847c930db95983f8994ae266";
  job.spec.content_type = "text/plain";
  job.spec.data = "testing";
  return job;
}

Job with_data(std::string_view data) {
  Job job = one_time();
  job.spec.data = data;
  return job;
}

// A payload written in a format and read back.
std::optional<std::string> round_trip(Format format, std::string_view data) {
  const auto document = read_job(format, write_job(format, with_data(data)));
  REQUIRE_MESSAGE(document.has_value(), document.error().detail);
  return document->data;
}

// Pieces of payloads that a codec may trip over.
std::vector<std::string> awkward_payloads() {
  std::vector<std::string> payloads{
      "",
      " ",
      "\t",
      "\n",
      "\r",
      "\r\n",
      "  ",
      " \r\n\t ",
      " a ",
      "\na\n",
      "a\r\nb\rc\nd",
      "]]>",
      "]]",
      "<![CDATA[x]]>",
      "<!-- -->",
      "&amp;",
      "&#13;",
      "<job></job>",
      "\"",
      "\\",
      "\\u0000",
      "\"}",
      ",}",
      "\b\f\v",
      "\0"s,
      "a\0b"s,
      "\x7F",
      "\u0080",
      "\u0085",
      "\u2028",
      "\uFEFF",
      "\uFFFD",
      "\xEF\xBF\xBE",
      "\xEF\xBF\xBF",  // U+FFFE, U+FFFF
      "\U0001F600",
      "\xF4\x8F\xBF\xBF",  // U+10FFFF
      "\xED\xA0\x80",
      "\xED\xA0\xBD\xED\xB8\x80",  // surrogates
      "\xC0\x80",
      "\xFF",
      "\xC3",
      "a\xE2\x82",  // no UTF-8
      "AA==",
  };
  std::string all;
  for (int byte = 0; byte < 256; ++byte) {
    payloads.emplace_back(1, static_cast<char>(byte));
    all += static_cast<char>(byte);
  }
  payloads.push_back(all);
  return payloads;
}

}  // namespace

TEST_CASE("a job is written with its fields in the documented order") {
  struct Row {
    Job job;
    Format format;
    std::string text;
  };

  const std::string id(kId);
  const std::string xml(kXml);
  const Row rows[] = {
      {full(), Format::kText, id},
      {full(), Format::kJson,
       "{\"id\":\"" + id +
           "\",\"account\":\"example\",\"url\":\"https://example.com/my-callback\","
           "\"signature\":\"507aaa0733464499847c930db95983f8994ae266\",\"contentType\":\"text/"
           "plain\","
           "\"data\":\"testing\",\"when\":\"2011-05-11T15:30:00Z\"}"},
      {full(), Format::kXml,
       xml + "<job><id>" + id +
           "</id><account>example</account>"
           "<url>https://example.com/my-callback</url>"
           "<signature>507aaa0733464499847c930db95983f8994ae266</signature>"
           "<contentType>text/plain</contentType><data>testing</data>"
           "<when>2011-05-11T15:30:00Z</when></job>"},
      {recurring(), Format::kJson,
       "{\"id\":\"" + id +
           "\",\"account\":\"example\",\"url\":\"https://example.com/my-callback\","
           "\"cron\":\"0 15 10 ? * *\",\"next\":\"2011-05-11T15:30:00Z\"}"},
      {recurring(), Format::kXml,
       xml + "<job><id>" + id +
           "</id><account>example</account>"
           "<url>https://example.com/my-callback</url><cron>0 15 10 ? * *</cron>"
           "<next>2011-05-11T15:30:00Z</next></job>"},
  };
  for (const Row& row : rows)
    CHECK(write_job(row.format, row.job) == row.text);
}

TEST_CASE("a job that does not fire again has no next") {
  Job job = recurring();
  job.next.reset();
  CHECK(write_job(Format::kJson, job).find("next") == std::string::npos);
  CHECK(write_job(Format::kXml, job).find("next") == std::string::npos);
}

TEST_CASE("milliseconds are written if there are any") {
  Job job = one_time();
  job.spec.schedule = jobsched::Once{instant("2011-05-11T15:30:00.250Z")};
  CHECK(write_job(Format::kJson, job).find("\"when\":\"2011-05-11T15:30:00.250Z\"") !=
        std::string::npos);
}

TEST_CASE("data is text where the format can carry it, else base64") {
  struct Row {
    std::string data;
    std::string_view json;
    std::string_view xml;
  };

  const Row rows[] = {
      {"", R"("data":"",)", "<data></data>"},
      {"a \"b\" \\ <c> & \u00E9", R"("data":"a \"b\" \\ <c> & é",)",
       "<data>a \"b\" \\ &lt;c&gt; &amp; \u00E9</data>"},
      {"a\r\n\tb", R"("data":"a\r\n\tb",)", "<data>a&#13;\n\tb</data>"},
      {" a ", R"("data":" a ",)", "<data>&#32;a&#32;</data>"},
      {"\n", R"("data":"\n",)", "<data>&#10;</data>"},
      {"]]>", R"("data":"]]>",)", "<data>]]&gt;</data>"},
      {"\0\x1F\x7F"s, R"("data":"\u0000\u001f\u007f",)", "<data encoding=\"base64\">AB9/</data>"},
      {"\xEF\xBF\xBE", "\"data\":\"\xEF\xBF\xBE\",", "<data encoding=\"base64\">77++</data>"},
      {"\xFF", R"("data":"/w==","dataEncoding":"base64",)",
       "<data encoding=\"base64\">/w==</data>"},
      {"AA==", R"("data":"AA==",)", "<data>AA==</data>"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.json);
    CHECK_MESSAGE(write_job(Format::kJson, with_data(row.data)).find(row.json) != std::string::npos,
                  write_job(Format::kJson, with_data(row.data)));
    CHECK_MESSAGE(write_job(Format::kXml, with_data(row.data)).find(row.xml) != std::string::npos,
                  write_job(Format::kXml, with_data(row.data)));
  }
}

TEST_CASE("what is written is read back, but for the fields that the scheduler assigns") {
  for (const Job& job : {full(), recurring(), one_time()}) {
    for (const Format format : {Format::kJson, Format::kXml}) {
      const auto document = read_job(format, write_job(format, job));
      REQUIRE(document.has_value());
      CHECK(document->id == kId);
      CHECK(document->account == job.account);
      CHECK(document->url == job.spec.url);
      CHECK(document->signature == job.spec.signature);
      CHECK(document->content_type == job.spec.content_type);
      CHECK(document->data == job.spec.data);
      CHECK(document->when.has_value() != document->cron.has_value());
    }
  }
}

TEST_CASE("every payload goes through JSON and XML as it is") {
  for (const std::string& data : awkward_payloads()) {
    CHECK((round_trip(Format::kJson, data) == data));
    CHECK((round_trip(Format::kXml, data) == data));
  }
}

TEST_CASE("payloads put together by chance go through JSON and XML as they are") {
  const std::vector<std::string> pieces = awkward_payloads();
  std::mt19937 random(7);
  const auto below = [&random](std::size_t end) {
    return std::uniform_int_distribution<std::size_t>(0, end - 1)(random);
  };
  for (int i = 0; i < 3'000; ++i) {
    std::string data;
    for (std::size_t count = below(6); count > 0; --count)
      data += pieces[below(pieces.size() - 1)];
    // Every third is text only, so that it is not all base64.
    if (i % 3 == 0) std::erase_if(data, [](char c) { return c < '\t'; });
    REQUIRE((round_trip(Format::kJson, data) == data));
    REQUIRE((round_trip(Format::kXml, data) == data));
  }
}

TEST_CASE("a document is read back as it was written") {
  JobDocument all;
  all.id = kId;
  all.account = "a<&>\"\u00E9";
  all.url = "https://example.com/?a=1&b=2";
  all.signature = "s \\ \"";
  all.content_type = "text/plain; charset=\"utf-8\"";
  all.data = "\xFF\0\r\n"s;
  all.when = "2026-12-01T15:30:00Z";
  all.cron = "0 15 10 ? * *";
  JobDocument some;
  some.url = "";
  some.data = " <x>\r\n";
  for (const JobDocument& document : {all, some, JobDocument{}}) {
    for (const Format format : {Format::kJson, Format::kXml}) {
      const std::string text = write_document(format, document);
      CAPTURE(text);
      const auto read = read_job(format, text);
      REQUIRE_MESSAGE(read.has_value(), read.error().detail);
      CHECK((*read == document));
    }
  }
}

TEST_CASE("a document is written with its fields in the documented order") {
  JobDocument document;
  document.cron = "0 15 10 ? * *";
  document.data = "\xFF";
  document.url = "https://example.com/";
  CHECK(write_document(Format::kJson, document) ==
        R"({"url":"https://example.com/","data":"/w==","dataEncoding":"base64",)"
        R"("cron":"0 15 10 ? * *"})");
  CHECK(write_document(Format::kXml, document) ==
        std::string(kXml) +
            "<job><url>https://example.com/</url>"
            "<data encoding=\"base64\">/w==</data><cron>0 15 10 ? * *</cron></job>");
  CHECK(write_document(Format::kJson, {}) == "{}");
  CHECK(write_document(Format::kXml, {}) == std::string(kXml) + "<job></job>");
}

TEST_CASE("text that a document cannot carry is marked, never broken out of") {
  JobDocument document;
  document.url = "a\xFF\x01</url>\"";
  const auto json = read_job(Format::kJson, write_document(Format::kJson, document));
  REQUIRE(json.has_value());
  CHECK(json->url == "a\xEF\xBF\xBD\x01</url>\"");
  const auto xml = read_job(Format::kXml, write_document(Format::kXml, document));
  REQUIRE(xml.has_value());
  CHECK(xml->url == "a\xEF\xBF\xBD\xEF\xBF\xBD</url>\"");
}
