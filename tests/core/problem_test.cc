#include "core/codec/problem.h"

#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "core/codec/codec.h"

using jobsched::ErrorKind;
using jobsched::Format;
using jobsched::Problem;
using jobsched::read_problem;
using jobsched::to_problem;
using jobsched::write_problem;
using namespace std::string_literals;

namespace {

const Problem kInvalidCron{422, "Unprocessable Content", "write ? for one day", "cron"};
const Problem kNoJob{404, "Not Found", "there is no such job", ""};

void check_same(const Problem& found, const Problem& expected) {
  CHECK(found.status == expected.status);
  CHECK(found.title == expected.title);
  CHECK(found.detail == expected.detail);
  CHECK(found.field == expected.field);
}

}  // namespace

TEST_CASE("an error becomes a problem with its status and the status's phrase") {
  check_same(to_problem({ErrorKind::kInvalid, "write ? for one day", "cron", 3}), kInvalidCron);
  check_same(to_problem({ErrorKind::kNotFound, "there is no such job", "", {}}), kNoJob);
}

TEST_CASE("a problem is written by RFC 9457, or as a line of text") {
  struct Row {
    Problem problem;
    Format format;
    std::string_view text;
  };

  const Problem awkward{400, "Bad Request", "a \"b\" <c> & \r\n\x1B[31m \xFF", ""};
  const Row rows[] = {
      {kInvalidCron, Format::kJson,
       R"({"type":"about:blank","title":"Unprocessable Content","status":422,)"
       R"("detail":"write ? for one day","field":"cron"})"},
      {kNoJob, Format::kJson,
       R"({"type":"about:blank","title":"Not Found","status":404,)"
       R"("detail":"there is no such job"})"},
      {kInvalidCron, Format::kXml,
       R"(<?xml version="1.0" encoding="UTF-8"?><problem xmlns="urn:ietf:rfc:7807">)"
       R"(<type>about:blank</type><title>Unprocessable Content</title><status>422</status>)"
       R"(<detail>write ? for one day</detail><field>cron</field></problem>)"},
      {kNoJob, Format::kXml,
       R"(<?xml version="1.0" encoding="UTF-8"?><problem xmlns="urn:ietf:rfc:7807">)"
       R"(<type>about:blank</type><title>Not Found</title><status>404</status>)"
       R"(<detail>there is no such job</detail></problem>)"},
      {kInvalidCron, Format::kText, "422 Unprocessable Content: cron: write ? for one day"},
      {kNoJob, Format::kText, "404 Not Found: there is no such job"},
      {{404, "Not Found", "", ""}, Format::kText, "404 Not Found"},
      {awkward, Format::kJson,
       R"({"type":"about:blank","title":"Bad Request","status":400,)"
       R"("detail":"a \"b\" <c> & \r\n\u001b[31m �"})"},
      {awkward, Format::kXml,
       R"(<?xml version="1.0" encoding="UTF-8"?><problem xmlns="urn:ietf:rfc:7807">)"
       R"(<type>about:blank</type><title>Bad Request</title><status>400</status>)"
       "<detail>a \"b\" &lt;c&gt; &amp; &#13;\n�[31m �</detail></problem>"},
      {awkward, Format::kText, "400 Bad Request: a \"b\" <c> &   �[31m �"},
  };
  for (const Row& row : rows) {
    CHECK(write_problem(row.format, row.problem) == row.text);
  }
}

TEST_CASE("a problem is read back as it was written") {
  const Problem problems[] = {
      kInvalidCron,
      kNoJob,
      {404, "Not Found", "", ""},
      {503, "Service Unavailable", "the disk: it is slow", ""},
      {422, "Unprocessable Content", "cron and when exclude each other: \"<&>\"", "when"},
  };
  for (const Problem& problem : problems) {
    for (const Format format : {Format::kText, Format::kJson, Format::kXml}) {
      const std::string text = write_problem(format, problem);
      CAPTURE(text);
      check_same(read_problem(format, problem.status, text), problem);
      check_same(read_problem(format, problem.status, text + "\n"), problem);
    }
  }
}

TEST_CASE("whatever a body is, a problem comes of it") {
  struct Row {
    Format format;
    std::string body;
    std::string_view title;
    std::string_view detail;
    std::string_view field;
  };

  const Row rows[] = {
      // Others' problems: a part, more, or wrong types.
      {Format::kJson, R"({"detail":"x"})", "Bad Gateway", "x", ""},
      {Format::kJson, R"({"title":"Oops","extra":[1,{"detail":"no"}],"detail":"x"})", "Oops", "x",
       ""},
      {Format::kJson, R"({"title":7,"status":"x","detail":"y"})", "Bad Gateway", "y", ""},
      {Format::kXml, "<problem><detail>a<b>c</b>d</detail><x><detail>no</detail></x></problem>",
       "Bad Gateway", "ad", ""},
      // No problems.
      {Format::kJson, "", "Bad Gateway", "", ""},
      {Format::kJson, "{}", "Bad Gateway", "{}", ""},
      {Format::kJson, "[\"detail\"]", "Bad Gateway", "[\"detail\"]", ""},
      {Format::kJson, R"({"detail":"x")", "Bad Gateway", R"({"detail":"x")", ""},
      {Format::kJson, "upstream failed\n", "Bad Gateway", "upstream failed", ""},
      {Format::kXml, "<html><title>Oops</title></html>", "Bad Gateway",
       "<html><title>Oops</title></html>", ""},
      {Format::kXml, "<problem><detail>x</problem>", "Bad Gateway", "<problem><detail>x</problem>",
       ""},
      {Format::kText, "upstream failed", "Bad Gateway", "upstream failed", ""},
      {Format::kText, "404 Not Found: x", "Bad Gateway", "404 Not Found: x", ""},
      // Nothing that a terminal would obey.
      {Format::kText, "\x1B[2J\xFF\0"s, "Bad Gateway", "�[2J��", ""},
      {Format::kJson, R"({"detail":"\u001b[2J"})", "Bad Gateway", "�[2J", ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.body);
    check_same(
        read_problem(row.format, 502, row.body),
        {502, std::string(row.title == "Bad Gateway" ? jobsched::status_phrase(502) : row.title),
         std::string(row.detail), std::string(row.field)});
  }
}
