#include "cmd/status_text.h"

#include <string_view>

#include <doctest/doctest.h>

namespace jobsched::cmd {

TEST_CASE("the status of a daemon is a line or a document") {
  using State = DaemonStatus::State;

  struct Row {
    DaemonStatus status;
    Format format;
    std::string_view text;
  };

  const DaemonStatus ready{"http://a.test", State::kReady, "1.2.3", ""};
  const DaemonStatus behind{"http://a.test", State::kNotReady, "1.2.3", "it is \"late\" & <slow>"};
  const DaemonStatus none{"unix:/a", State::kNoAnswer, "", "cannot reach it"};
  const Row rows[] = {
      {ready, Format::kText, "http://a.test: ready, jobsched 1.2.3\n"},
      {behind, Format::kText, "http://a.test: up, but not ready, jobsched 1.2.3\n"},
      {none, Format::kText, "unix:/a: no answer\n"},
      {ready, Format::kJson,
       R"({"server":"http://a.test","status":"ready","version":"1.2.3"})"
       "\n"},
      {behind, Format::kJson,
       R"({"server":"http://a.test","status":"notReady","version":"1.2.3",)"
       R"("detail":"it is \"late\" & <slow>"})"
       "\n"},
      {none, Format::kJson,
       R"({"server":"unix:/a","status":"noAnswer","detail":"cannot reach it"})"
       "\n"},
      {none, Format::kXml,
       R"(<?xml version="1.0" encoding="UTF-8"?><daemon><server>unix:/a</server>)"
       "<status>noAnswer</status><detail>cannot reach it</detail></daemon>\n"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    CHECK(show_status(row.format, row.status) == row.text);
  }
}

TEST_CASE("the version of a daemon is in its answer") {
  struct Row {
    std::string_view json;
    std::string_view version;
  };

  constexpr Row kRows[] = {
      {R"({"status":"ok","version":"1.2.3"})", "1.2.3"},
      {R"({"a":{"version":"x"},"version":"1.2.3"})", "1.2.3"},
      {R"({"version":7})", ""},
      {R"({"a":{"version":"x"}})", ""},
      {R"(["version"])", ""},
      {"ok", ""},
      {"", ""},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.json);
    CHECK(read_version(std::string(row.json)) == row.version);
  }
}

}  // namespace jobsched::cmd
