#include "core/cron/canonical.h"
#include "core/cron/expression.h"
#include "core/cron/parse.h"
#include "core/limits.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/new_york.h"

using jobsched::Instant;
using jobsched::Millis;
using jobsched::Zone;
using jobsched::cron::Expression;
using jobsched::fuzz::require;

namespace {

void check_times(const Expression& expression) {
  static const Zone kNewYork = jobsched::fuzz::new_york();
  const auto distance = expression.min_distance();
  const Instant starts[] = {Instant::min(), Instant{Millis{1'767'225'599'999}}, Instant::max()};
  for (const Instant start : starts) {
    const auto first = expression.next(start);
    require(first == expression.next(start, Zone::utc()));
    if (const auto local = expression.next(start, kNewYork)) require(*local > start);
    if (!first) continue;
    require(*first > start);
    const auto second = expression.next(*first);
    if (second) require(distance.has_value() && *second - *first >= *distance);
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = jobsched::fuzz::as_text(data, size);
  const auto expression = Expression::parse(text);
  if (!expression) {
    require(expression.error().field == "cron" && !expression.error().detail.empty());
    require(expression.error().position <= text.size());
    return 0;
  }
  require(text.size() <= jobsched::kMaxCronBytes && expression->text() == text);
  require(!expression->describe().empty());
  check_times(*expression);
  const auto fields = jobsched::cron::parse_fields(text);
  require(jobsched::cron::parse_fields(jobsched::cron::canonical(*fields)) == *fields);
  return 0;
}
