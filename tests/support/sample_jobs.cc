#include "tests/support/sample_jobs.h"

#include <cstddef>

namespace jobsched::testing {

JobId sample_id(std::uint32_t number) {
  JobId id{{0x01, 0x90, 0, 0, 0, 0, 0x70, 0, 0x80}};
  for (std::size_t i = 0; i < 4; ++i) {
    id.bytes.at(15 - i) = static_cast<std::uint8_t>(number >> (8 * i));
  }
  return id;
}

Job sample_once(std::uint32_t number, Instant when) {
  return {sample_id(number), "default", {"https://example.com/", {}, {}, {}, Once{when}}, when};
}

Job sample_cron(std::uint32_t number, std::string_view expression, Instant now) {
  const cron::Expression cron = cron::Expression::parse(expression).value();
  return {sample_id(number),
          "default",
          {"https://example.com/", {}, {}, {}, Recurring{cron}},
          cron.next(now)};
}

}  // namespace jobsched::testing
