#include "core/codec/job_version.h"

#include <set>
#include <string>
#include <utility>

#include <doctest/doctest.h>

using jobsched::is_expected;
using jobsched::Job;
using jobsched::job_version;
using jobsched::JobSpec;

namespace {

JobSpec sample() {
  JobSpec spec;
  spec.url = "http://a.test/";
  spec.schedule = jobsched::Once{jobsched::Instant{jobsched::Millis{1'000}}};
  return spec;
}

}  // namespace

TEST_CASE("a job has another version for each thing that a client may set") {
  using Change = void (*)(JobSpec&);
  const Change changes[] = {
      [](JobSpec& spec) { spec.url += "x"; },
      [](JobSpec& spec) { spec.data = ""; },
      [](JobSpec& spec) { spec.data = "x"; },
      [](JobSpec& spec) { spec.data = std::string("\xff\0", 2); },
      [](JobSpec& spec) { spec.content_type = "x"; },
      [](JobSpec& spec) { spec.signature = "x"; },
      [](JobSpec& spec) { spec.name = "x"; },
      [](JobSpec& spec) { spec.timezone = "x"; },
      [](JobSpec& spec) { spec.paused = true; },
      [](JobSpec& spec) { spec.misfire = jobsched::Misfire::kSkip; },
      [](JobSpec& spec) { spec.method = jobsched::Method::kPut; },
      [](JobSpec& spec) {
        spec.headers = {{"X-A", "1"}};
      },
      [](JobSpec& spec) {
        spec.headers = {{"X-A", "2"}};
      },
      [](JobSpec& spec) { spec.timeout = std::chrono::seconds{5}; },
      [](JobSpec& spec) {
        spec.retry = jobsched::Retry{2, {}};
      },
      [](JobSpec& spec) {
        spec.schedule = jobsched::Once{jobsched::Instant{jobsched::Millis{2'000}}};
      },
  };
  std::set<std::string> versions{job_version(sample())};
  for (const Change change : changes) {
    JobSpec spec = sample();
    change(spec);
    CHECK(job_version(spec).size() == 16);
    const JobSpec same = spec;
    CHECK(job_version(spec) == job_version(same));
    CHECK(versions.insert(job_version(spec)).second);
  }
}

TEST_CASE("who expects no version expects any") {
  const std::string version = job_version(sample());
  CHECK(is_expected({}, sample()));
  CHECK(is_expected({version}, sample()));
  CHECK(is_expected({"x", version}, sample()));
  CHECK_FALSE(is_expected({"x"}, sample()));
  CHECK_FALSE(is_expected({""}, sample()));
}
