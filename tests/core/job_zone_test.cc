#include <optional>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "core/codec/codec.h"
#include "core/job/document.h"
#include "core/time/iso8601.h"
#include "tests/support/zones.h"

using jobsched::check_new_job;
using jobsched::check_replacement;
using jobsched::Format;
using jobsched::format_instant;
using jobsched::Instant;
using jobsched::Job;
using jobsched::JobDocument;
using jobsched::JobSpec;
using jobsched::Result;
using jobsched::Zone;

// Jobs and time zones: the document's `timezone`, and what `paused` has to do with it.

namespace {

const Instant kNow = jobsched::parse_instant("2026-03-01T12:00:00Z").value();

Result<std::shared_ptr<const Zone>> system_zones(std::string_view name) {
  if (name.starts_with("Nowhere")) return jobsched::no_zones(name);
  return std::make_shared<const Zone>(jobsched::test::system_zone(std::string(name)));
}

JobDocument read(std::string_view json) {
  return jobsched::read_job(Format::kJson, json).value();
}

// The document's job, with the fields every job needs added.
Result<JobSpec> check(const std::string& fields) {
  return check_new_job(read("{\"url\":\"https://example.org/\"," + fields + "}"), {}, system_zones,
                       kNow);
}

Job job_of(const std::string& fields) {
  const JobSpec spec = check(fields).value();
  return Job{{}, "default", spec, first_fire_time(spec, kNow)};
}

}  // namespace

TEST_CASE("a schedule is read on the clock of its time zone") {
  struct Row {
    std::string fields;
    std::string_view next;
    std::string_view rule;
  };

  const Row rows[] = {
      {R"("cron":"0 0 9 * * ?","timezone":"Europe/Berlin")", "2026-03-02T08:00:00Z", "winter"},
      {R"("cron":"0 0 9 1 4 ?","timezone":"Europe/Berlin")", "2026-04-01T07:00:00Z", "summer"},
      {R"("cron":"0 30 2 29 3 ?","timezone":"Europe/Berlin")", "2026-03-29T01:00:00Z",
       "inside a gap: at its end"},
      {R"("cron":"0 30 2 25 10 ?","timezone":"Europe/Berlin")", "2026-10-25T00:30:00Z",
       "in an overlap: the first pass"},
      {R"("cron":"0 0 9 * * ?","timezone":"UTC")", "2026-03-02T09:00:00Z", "UTC is a zone too"},
      {R"("cron":"0 0 9 * * ?")", "2026-03-02T09:00:00Z", "none is UTC"},
      {R"("when":"2026-06-01T09:00","timezone":"Europe/Berlin")", "2026-06-01T07:00:00Z",
       "a time without an offset"},
      {R"("when":"2026-06-01T09:00+05:00","timezone":"Europe/Berlin")", "2026-06-01T04:00:00Z",
       "an offset says it all"},
      {R"("when":"20260601T09","timezone":"America/New_York")", "2026-06-01T13:00:00Z",
       "in any form of ISO 8601"},
      {R"("when":"2026-10-25T02:30","timezone":"Europe/Berlin")", "2026-10-25T00:30:00Z",
       "of two passes the first"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.rule);
    const Job job = job_of(row.fields);
    REQUIRE(job.next.has_value());
    CHECK(format_instant(*job.next) == row.next);
  }
}

TEST_CASE("what is wrong with a time zone is said of its field") {
  struct Row {
    std::string fields;
    std::string_view field;
    std::string_view says;
  };

  const Row rows[] = {
      {R"("cron":"0 0 9 * * ?","timezone":"")", "timezone", "an IANA name such as Europe/Berlin"},
      {R"("cron":"0 0 9 * * ?","timezone":"Nowhere/At_All")", "timezone", "no time zone"},
      {R"("when":"2026-06-01T09:00Z","timezone":"Nowhere/At_All")", "timezone", "no time zone"},
      {R"("cron":"nonsense","timezone":"Nowhere/At_All")", "timezone", "no time zone"},
      {R"("when":"2026-06-01T09:00")", "when", "no offset from UTC"},
      {R"("when":"2026-03-29T02:30","timezone":"Europe/Berlin")", "when",
       "write 2026-03-29T01:30:00+01:00 or 2026-03-29T03:30:00+02:00"},
      {R"("when":"2026-02-30T02:30","timezone":"Europe/Berlin")", "when", "has no day 30"},
      {R"("when":"2026-03-01T13:00","timezone":"Europe/Berlin")", "when", "in the future"},
      {R"("cron":"0 */5 * ? * *","timezone":"Europe/Berlin")", "cron", "limits.min_interval"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.fields);
    const auto refused = check(row.fields);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().field == row.field);
    CHECK_MESSAGE(refused.error().detail.find(row.says) != std::string::npos,
                  refused.error().detail);
  }
}

TEST_CASE("the least distance between fire times is that of the expression in UTC") {
  // In Berlin this fires at 02:00 and, one gap later, at 03:00: at one and the same instant.
  CHECK(check(R"("cron":"0 0 2,3 * * ?","timezone":"Europe/Berlin")").has_value());
}

TEST_CASE("a paused job has no next fire time") {
  const Job paused = job_of(R"("cron":"0 0 9 * * ?","paused":true)");
  CHECK(paused.spec.paused);
  CHECK_FALSE(paused.next.has_value());
  const Job running = job_of(R"("cron":"0 0 9 * * ?","paused":false)");
  CHECK_FALSE(running.spec.paused);
  CHECK(running.next.has_value());
}

TEST_CASE("misfires are made up for unless the document says skip") {
  struct Row {
    std::string fields;
    bool skips;
  };

  const Row rows[] = {
      {R"("cron":"0 0 9 * * ?")", false},
      {R"("cron":"0 0 9 * * ?","misfire":"fire")", false},
      {R"("cron":"0 0 9 * * ?","misfire":"skip")", true},
      {R"("when":"2026-03-01T13:00Z","misfire":"skip")", true},
  };
  for (const Row& row : rows) {
    CAPTURE(row.fields);
    const Job job = job_of(row.fields);
    CHECK((job.spec.misfire == jobsched::Misfire::kSkip) == row.skips);
    for (const Format format : {Format::kJson, Format::kXml}) {
      const auto again = jobsched::read_job(format, write_job(format, job));
      REQUIRE(again.has_value());
      CHECK(again->misfire == (row.skips ? std::optional<std::string>{"skip"} : std::nullopt));
    }
  }
  const auto refused = check(R"("cron":"0 0 9 * * ?","misfire":"Skip")");
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().field == "misfire");
  CHECK(refused.error().detail.find("or skip") != std::string::npos);
}

TEST_CASE("a pause that the daemon told of is not asked for by sending it back") {
  Job job = job_of(R"("cron":"0 0 9 * * ?","timezone":"Europe/Berlin")");
  job.spec.paused = true;
  job.pause_reason = jobsched::missing_zone_reason("Europe/Berlin");
  for (const Format format : {Format::kJson, Format::kXml}) {
    const auto document = jobsched::read_job(format, write_job(format, job));
    REQUIRE(document.has_value());
    CHECK(document->paused == true);
    const auto replaced = check_replacement(*document, job, {}, system_zones, kNow);
    REQUIRE(replaced.has_value());
    CHECK_FALSE(replaced->paused);
  }
}

TEST_CASE("a schedule without its zone has no fire time, and says so") {
  Job job = job_of(R"("cron":"0 0 9 * * ?","timezone":"Europe/Berlin")");
  CHECK_FALSE(lacks_zone(job.spec.schedule));
  std::get<jobsched::Recurring>(job.spec.schedule).zone = nullptr;
  CHECK(lacks_zone(job.spec.schedule));
  CHECK_FALSE(next_fire_time(job.spec.schedule, kNow).has_value());
  CHECK(jobsched::missing_zone_reason("Europe/Berlin").find("Europe/Berlin") != std::string::npos);
}

TEST_CASE("documents say the time zone and the pause after the original fields") {
  Job job = job_of(R"("cron":"0 0 9 * * ?","timezone":"Europe/Berlin")");
  const std::string id = format_job_id(job.id);
  CHECK(write_job(Format::kJson, job) ==
        R"({"id":")" + id + R"(","account":"default","url":"https://example.org/",)" +
            R"("cron":"0 0 9 * * ?","next":"2026-03-02T08:00:00Z","timezone":"Europe/Berlin"})");
  job.spec.paused = true;
  job.next.reset();
  CHECK(write_job(Format::kXml, job) ==
        R"(<?xml version="1.0" encoding="UTF-8"?><job><id>)" + id +
            "</id><account>default</account><url>https://example.org/</url>"
            "<cron>0 0 9 * * ?</cron><timezone>Europe/Berlin</timezone>"
            "<paused>true</paused></job>");
  job.pause_reason = "because";
  CHECK(write_job(Format::kJson, job).ends_with(R"("paused":true,"pauseReason":"because"})"));
}

TEST_CASE("paused is true or false") {
  struct Row {
    Format format;
    std::string_view text;
    std::optional<bool> paused;
    std::string_view says;
  };

  const Row rows[] = {
      {Format::kJson, R"({"paused":true})", true, ""},
      {Format::kJson, R"({"paused":false})", false, ""},
      {Format::kJson, R"({})", std::nullopt, ""},
      {Format::kXml, "<job><paused>true</paused></job>", true, ""},
      {Format::kXml, "<job><paused>false</paused></job>", false, ""},
      {Format::kJson, R"({"paused":"true"})", std::nullopt, "a boolean, not a string"},
      {Format::kJson, R"({"paused":1})", std::nullopt, "a boolean, not a number"},
      {Format::kJson, R"({"paused":null})", std::nullopt, "leave it out"},
      {Format::kJson, R"({"timezone":true})", std::nullopt, "a string, not a boolean"},
      {Format::kXml, "<job><paused>yes</paused></job>", std::nullopt, "neither true nor false"},
      {Format::kXml, "<job><paused/></job>", std::nullopt, "neither true nor false"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const auto document = jobsched::read_job(row.format, row.text);
    REQUIRE(document.has_value() == row.says.empty());
    if (document) {
      CHECK(document->paused == row.paused);
      CHECK(jobsched::read_job(Format::kJson, write_document(Format::kJson, *document)) ==
            *document);
    } else {
      CHECK_MESSAGE(document.error().detail.find(row.says) != std::string::npos,
                    document.error().detail);
    }
  }
}
