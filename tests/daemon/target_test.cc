#include "daemon/api/target.h"

#include <string>
#include <string_view>

#include <doctest/doctest.h>

using jobsched::ErrorKind;

namespace {

// "jobs", "job ID", "deletion", "secrets", "path SCHEDULE | SCHEDULE WITH PLUS | CALLBACK", or the
// status of the error.
std::string in_words(std::string_view path) {
  const auto target = jobsched::parse_target(path);
  if (!target) return std::to_string(jobsched::http_status(target.error().kind));
  if (std::holds_alternative<jobsched::JobsTarget>(*target)) return "jobs";
  if (std::holds_alternative<jobsched::DeletionTarget>(*target)) return "deletion";
  if (std::holds_alternative<jobsched::SecretsTarget>(*target)) return "secrets";
  if (const auto* job = std::get_if<jobsched::JobTarget>(&*target)) return "job " + job->id;
  const auto& path_job = std::get<jobsched::PathJobTarget>(*target);
  return "path " + path_job.schedule + " | " + path_job.schedule_with_plus + " | " +
         path_job.callback;
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
      // nothing is here
      {"/1/secrets/", "404"},
      {"/1/secrets/x", "404"},
      {"/1/Secrets", "404"},
      {"", "404"},
      {"/", "404"},
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

TEST_CASE("a query's parameters are found by name and decoded") {
  struct Row {
    std::string_view query;
    std::string_view name;
    std::string_view expected;  // "-": absent
  };

  const Row rows[] = {
      {"", "limit", "-"},
      {"limit=10", "limit", "10"},
      {"a=1&limit=10&limit=20", "limit", "10"},
      {"limit", "limit", ""},
      {"limit=", "limit", ""},
      {"limits=1", "limit", "-"},
      {"%6Cimit=1%30", "limit", "10"},
      {"a=b+c%2B", "a", "b c+"},
      {"a=%zz", "a", "%zz"},
      {"a=b=c", "a", "b=c"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.query);
    CHECK(jobsched::query_parameter(row.query, row.name).value_or("-") == row.expected);
  }
}
