#include "core/job/id.h"

#include <chrono>
#include <limits>
#include <string_view>

#include <doctest/doctest.h>

using jobsched::Instant;
using jobsched::JobId;
using jobsched::JobIdGenerator;
using jobsched::Millis;

namespace {

constexpr std::uint64_t kAllOnes = std::numeric_limits<std::uint64_t>::max();

}  // namespace

TEST_CASE("a job id is read in any case and written in lower case") {
  struct Row {
    std::string_view text;
    std::string_view written;  // empty: not an id
  };

  const Row rows[] = {
      {"03ba07bc-0c8b-4a82-9a47-c65e7a8d24af", "03ba07bc-0c8b-4a82-9a47-c65e7a8d24af"},
      {"03BA07BC-0C8B-4a82-9A47-C65E7A8D24AF", "03ba07bc-0c8b-4a82-9a47-c65e7a8d24af"},
      {"00000000-0000-0000-0000-000000000000", "00000000-0000-0000-0000-000000000000"},
      {"", ""},
      {"1", ""},
      {"03ba07bc-0c8b-4a82-9a47-c65e7a8d24a", ""},
      {"03ba07bc-0c8b-4a82-9a47-c65e7a8d24aff", ""},
      {"03ba07bc00c8b-4a82-9a47-c65e7a8d24af", ""},
      {"03ba07bc-0c8b-4a82-9a47-c65e7a8d24ag", ""},
      {"{3ba07bc-0c8b-4a82-9a47-c65e7a8d24a}", ""},
      {"03ba07bc0c8b4a829a47c65e7a8d24af", ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const auto id = jobsched::parse_job_id(row.text);
    REQUIRE(id.has_value() == !row.written.empty());
    if (id) CHECK(jobsched::format_job_id(*id) == row.written);
  }
}

TEST_CASE("a generated id is a UUID of version 7 and variant 10, with its time first") {
  JobIdGenerator generator;
  const Instant now{Millis{0x0123'4567'89AB}};
  CHECK(jobsched::format_job_id(generator.next(now, 0)) == "01234567-89ab-7000-8000-000000000000");
  CHECK(jobsched::format_job_id(generator.next(now, kAllOnes)) ==
        "01234567-89ab-7001-bfff-ffffffffffff");
}

TEST_CASE("generated ids rise strictly, within a millisecond and when the clock goes back") {
  JobIdGenerator generator;
  const Instant start{Millis{1'800'000'000'000}};
  JobId last = generator.next(start, kAllOnes);
  for (int i = 0; i < 10'000; ++i) {
    const Millis drift{i % 3 == 0 ? -i : i % 7};
    const JobId id = generator.next(start + drift, i % 2 == 0 ? 0 : kAllOnes);
    REQUIRE(last < id);
    last = id;
  }
}

TEST_CASE("an id says when it was made") {
  const Instant now{Millis{0x0123456789ab}};
  CHECK(jobsched::id_time(JobIdGenerator{}.next(now, kAllOnes)) == now);
}
