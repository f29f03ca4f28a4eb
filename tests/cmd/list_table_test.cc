#include "cmd/list_table.h"

#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "core/text/width.h"
#include "tests/support/instants.h"

using jobsched::test::instant;

namespace jobsched::cmd {

namespace {

const std::string kId = "0192f0c1-2b3c-7d4e-8f5a-6b7c8d9e0f1a";
const std::string kHook = "https://example.org/hook";

// A job's document with these members besides its id and URL.
std::string document(const std::string& members) {
  return R"({"id":")" + kId + R"(","url":")" + kHook + "\"" + members + "}";
}

JobLine line_of(const std::string& members) {
  const auto lines = read_job_lines("[" + document(members) + "]");
  REQUIRE(lines);
  return lines->at(0);
}

}  // namespace

TEST_CASE("a line for programs has everything as it is") {
  struct Row {
    std::string members;
    std::string cells;  // after the id
  };

  const Row rows[] = {
      {R"(,"when":"2026-12-01T15:30:00Z")", "-\t2026-12-01T15:30:00Z\t-\t"},
      {R"(,"cron":"x","next":"2026-12-01T15:30:00.5Z","name":"tea time")",
       "tea time\t2026-12-01T15:30:00.500Z\t-\t"},
      {R"(,"cron":"x","paused":true)", "-\tpaused\t-\t"},
      {R"(,"cron":"x","pauseReason":"no zone")", "-\tpaused\t-\t"},
      {R"(,"cron":"x")", "-\t-\t-\t"},
      {R"(,"name":"a\tb\nc\u001b")", "a b c\uFFFD\t-\t-\t"},
      {R"(,"when":"2026-12-01T15:30:00Z","lastDelivery":{"state":"waiting",)"
       R"("fireTime":"2026-12-01T15:30:00Z"})",
       "-\t-\twaiting\t"},
      {R"(,"when":"2026-12-01T15:30:00Z","lastDelivery":{"state":"accepted",)"
       R"("fireTime":"2026-11-01T15:30:00Z"})",
       "-\t2026-12-01T15:30:00Z\taccepted\t"},
  };
  CHECK(JobTable().header() == "ID\tNAME\tNEXT\tOUTCOME\tTARGET\n");
  for (const Row& row : rows) {
    CAPTURE(row.members);
    CHECK(JobTable().line(line_of(row.members)) == kId + "\t" + row.cells + kHook + "\n");
  }
}

TEST_CASE("what is not a list of jobs is refused") {
  for (const std::string_view text : {"", "x", "{}", "[1]", "[{}]", R"([{"id":"x"}])",
                                      "[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]"}) {
    CAPTURE(text);
    const auto lines = read_job_lines(text);
    REQUIRE_FALSE(lines);
    CHECK(lines.error().detail.find("not a list of jobs") != std::string::npos);
  }
}

TEST_CASE("a table for people fits the terminal") {
  const Instant now = instant("2026-12-01T12:00:00Z");
  const std::vector<JobLine> lines{
      line_of(R"(,"name":"nightly-backup-of-everything","when":"2026-12-01T15:30:00Z")"),
      line_of(R"(,"name":"\u591c\u9593\u4ed5\u4e8b","cron":"x","paused":true,)"
              R"("lastDelivery":{"state":"exhausted","fireTime":"2026-11-01T15:30:00Z"})"),
      line_of(R"(,"when":"2026-12-01T12:01:00Z")")};

  struct Row {
    std::size_t width;
    std::vector<std::string> text;  // without the ids
  };

  const Row rows[] = {
      {120,
       {"  NAME                          NEXT    OUTCOME    TARGET\n",
        "  nightly-backup-of-everything  3h30m   -          example.org/hook\n",
        "  \u591c\u9593\u4ed5\u4e8b                      paused  exhausted  example.org/hook\n",
        "  -                             1m      -          example.org/hook\n"}},
      {100,
       {"  NAME                       NEXT    OUTCOME    TARGET\n",
        "  nightly-backup-of-everyt\u2026  3h30m   -          example.org/hook\n",
        "  \u591c\u9593\u4ed5\u4e8b                   paused  exhausted  example.org/hook\n",
        "  -                          1m      -          example.org/hook\n"}},
      {80,
       {"  NAME OR TARGET           NEXT    OUTCOME\n",
        "  nightly-backup-of-ever\u2026  3h30m   -\n",
        "  \u591c\u9593\u4ed5\u4e8b                 paused  exhausted\n",
        "  example.org/hook         1m      -\n"}},
      {20,
       {"  NAME OR TARGET    NEXT    OUTCOME\n", "  nightly-backup-\u2026  3h30m   -\n",
        "  \u591c\u9593\u4ed5\u4e8b          paused  exhausted\n",
        "  example.org/hook  1m      -\n"}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.width);
    const JobTable table(row.width, now, lines);
    CHECK(table.header() == "ID" + std::string(34, ' ') + row.text.at(0));
    for (const std::size_t i : {0U, 1U, 2U}) {
      const std::string line = table.line(lines[i]);
      CHECK(line == kId + row.text.at(i + 1));
      if (row.width > 20) CHECK(display_width(line) <= row.width + 1);
    }
  }
  // What fits as it is has two columns, whatever the width.
  const auto brief = line_of(R"(,"name":"n","when":"2026-12-01T12:01:00Z")");
  CHECK(JobTable(80, now, std::vector{brief}).line(brief) ==
        kId + "  n     1m    -        example.org/hook\n");
  CHECK(JobTable(80, now, {}).header() == "ID  NAME  NEXT  OUTCOME  TARGET\n");
}

}  // namespace jobsched::cmd
