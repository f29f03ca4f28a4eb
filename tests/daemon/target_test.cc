#include "daemon/api/target.h"

#include <string>
#include <string_view>

#include <doctest/doctest.h>

using jobsched::ErrorKind;

namespace {

// What a target says, in words.
struct InWords {
  std::string operator()(const jobsched::JobsTarget&) const { return "jobs"; }

  std::string operator()(const jobsched::JobTarget& job) const { return "job " + job.id; }

  std::string operator()(const jobsched::DeletionTarget&) const { return "deletion"; }

  std::string operator()(const jobsched::PathJobTarget& job) const {
    return "path " + job.schedule + " | " + job.schedule_with_plus + " | " + job.callback;
  }

  std::string operator()(const jobsched::JobActionTarget& target) const {
    const std::string words[] = {"fire ", "pause ", "resume "};
    return words[static_cast<int>(target.action)] + format_job_id(target.id);
  }

  std::string operator()(const jobsched::JobDeliveriesTarget& target) const {
    return "deliveries of " + format_job_id(target.id);
  }

  std::string operator()(const jobsched::DeliveriesTarget&) const { return "deliveries"; }

  std::string operator()(const jobsched::DeliveryTarget& target) const {
    return "delivery " + target.id;
  }

  std::string operator()(const jobsched::RetryTarget& target) const { return "retry " + target.id; }

  std::string operator()(const jobsched::SecretsTarget&) const { return "secrets"; }

  std::string operator()(const jobsched::PageTarget&) const { return "page"; }

  std::string operator()(const jobsched::OpenApiTarget&) const { return "openapi"; }
};

// The same of a path, or the status of the error.
std::string in_words(std::string_view path) {
  const auto target = jobsched::parse_target(path);
  if (!target) return std::to_string(jobsched::http_status(target.error().kind));
  return std::visit(InWords{}, *target);
}

}  // namespace

TEST_CASE("a target is split on / first, then each segment is decoded once") {
  struct Row {
    std::string_view path;
    std::string_view expected;
  };

  const Row rows[] = {
      {"/1/jobs", "jobs"},
      {"/1/jobs/abc", "job abc"},
      {"/1/jobs/a%62c", "job abc"},
      {"/1/jobs/a%2Fb", "job a/b"},
      {"/1/jobs/a%252Fb", "job a%2Fb"},
      {"/1/jobs/a+b", "job a+b"},
      {"/1/jobs/", "job "},
      {"/1/jobs/delete", "deletion"},
      {"/1/jobs/Delete", "job Delete"},
      {"/1/jobs/delete/x", "path delete | delete | x"},
      // in a schedule + is a space, unless it is the sign of an offset; in a callback it is a +
      {"/1/jobs/0+15+10+%3F+*+*/https%3A%2F%2Fexample.com",
       "path 0 15 10 ? * * | 0+15+10+?+*+* | https://example.com"},
      {"/1/jobs/T%2B01/http%3A%2F%2Fa%2Fb+c%20d", "path T+01 | T+01 | http://a/b+c d"},
      {"/1/jobs/T+01:00/x", "path T 01:00 | T+01:00 | x"},
      {"/1/jobs/x/a%00b%ff", std::string_view{"path x | x | a\0b\xff", 17}},
      {"/1/jobs/x/%2525", "path x | x | %25"},
      {"/1/secrets", "secrets"},
      {"/", "page"},
      {"/openapi.json", "openapi"},
      {"/openapi.json/", "404"},
      // nothing is here
      {"/1/secrets/", "404"},
      {"/1/secrets/x", "404"},
      {"/1/Secrets", "404"},
      {"", "404"},
      {"/1", "404"},
      {"/2/jobs", "404"},
      {"/1/job", "404"},
      {"//1/jobs", "404"},
      {"/1/jobs/x/https://example.com", "404"},
      {"/1/jobs/x/y/z", "404"},
      // not an escape
      {"/1/jobs/%", "400"},
      {"/1/jobs/%4", "400"},
      {"/1/jobs/%zz", "400"},
      {"/1/jobs/x/%+1", "400"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.path);
    CHECK(in_words(row.path) == row.expected);
  }
}

TEST_CASE("a word behind the id of a job wins over the forms with a schedule") {
  struct Row {
    std::string_view path;
    std::string_view expected;
  };

  const Row rows[] = {
      {"/1/jobs/01a20e81-d738-7000-bcf4-e40959758c1a/fire",
       "fire 01a20e81-d738-7000-bcf4-e40959758c1a"},
      {"/1/jobs/01A20E81-D738-7000-BCF4-E40959758C1A/pause",
       "pause 01a20e81-d738-7000-bcf4-e40959758c1a"},
      {"/1/jobs/01a20e81%2Dd738-7000-bcf4-e40959758c1a/resume",
       "resume 01a20e81-d738-7000-bcf4-e40959758c1a"},
      {"/1/jobs/01a20e81-d738-7000-bcf4-e40959758c1a/deliveries",
       "deliveries of 01a20e81-d738-7000-bcf4-e40959758c1a"},
      {"/1/jobs/01a20e81-d738-7000-bcf4-e40959758c1a/%66ire",
       "fire 01a20e81-d738-7000-bcf4-e40959758c1a"},
      // no such word, or no id: a schedule and a callback, however wrong
      {"/1/jobs/01a20e81-d738-7000-bcf4-e40959758c1a/Fire",
       "path 01a20e81-d738-7000-bcf4-e40959758c1a | 01a20e81-d738-7000-bcf4-e40959758c1a | Fire"},
      {"/1/jobs/01a20e81-d738-7000-bcf4-e40959758c1/fire",
       "path 01a20e81-d738-7000-bcf4-e40959758c1 | 01a20e81-d738-7000-bcf4-e40959758c1 | fire"},
      {"/1/jobs/2030-01-01/fire", "path 2030-01-01 | 2030-01-01 | fire"},
      {"/1/jobs/delete/fire", "path delete | delete | fire"},
      {"/1/jobs/01a20e81-d738-7000-bcf4-e40959758c1a/fire/now", "404"},
      {"/1/jobs/01a20e81-d738-7000-bcf4-e40959758c1a/%", "400"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.path);
    CHECK(in_words(row.path) == row.expected);
  }
}

TEST_CASE("deliveries have targets of their own") {
  struct Row {
    std::string_view path;
    std::string_view expected;
  };

  const Row rows[] = {
      {"/1/deliveries", "deliveries"},
      {"/1/deliveries/abc_1", "delivery abc_1"},
      {"/1/deliveries/abc%5F1", "delivery abc_1"},
      {"/1/deliveries/a+b", "delivery a+b"},
      {"/1/deliveries/", "delivery "},
      {"/1/deliveries/abc/retry", "retry abc"},
      {"/1/deliveries/abc/fire", "404"},
      {"/1/deliveries/abc/retry/x", "404"},
      {"/1/deliveries/%zz", "400"},
      {"/1/deliveries/%/retry", "400"},
      {"/1/delivery", "404"},
      {"/2/deliveries", "404"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.path);
    CHECK(in_words(row.path) == row.expected);
  }
}
