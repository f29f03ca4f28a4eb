#include "core/cron/expression.h"

#include <algorithm>

#include "core/cron/describe.h"
#include "core/cron/next.h"
#include "core/cron/parse.h"
#include "core/limits.h"

namespace jobsched::cron {

using std::chrono::seconds;

Expression::Expression(std::string_view text, const Fields& fields)
    : text_(text), fields_(fields), days_(fields), times_(fields) {}

Result<Expression> Expression::parse(std::string_view text) {
  if (text.size() > kMaxCronBytes) {
    return fail(ErrorKind::kInvalid,
                "a cron expression has at most " + std::to_string(kMaxCronBytes) +
                    " bytes: shorten it, or make several jobs",
                "cron", kMaxCronBytes);
  }
  const Result<Fields> fields = parse_fields(text);
  if (!fields) return tl::unexpected(fields.error());
  return Expression(text, *fields);
}

std::optional<Instant> Expression::next(Instant after) const {
  const std::chrono::local_seconds second{std::chrono::floor<seconds>(after).time_since_epoch() +
                                          seconds{1}};
  const auto found = next_wall_time(days_, times_, second);
  if (!found) return {};
  return Instant{found->time_since_epoch()};
}

std::optional<Instant> Expression::next(Instant after, const Zone& zone) const {
  return next_fire_time(days_, times_, std::chrono::floor<seconds>(after), zone);
}

std::optional<ClockChange> Expression::clock_change(Instant fire_time, const Zone& zone) const {
  return cron::clock_change(days_, times_, std::chrono::floor<seconds>(fire_time), zone);
}

std::optional<seconds> Expression::min_distance() const {
  if (days_.empty()) return {};
  const auto within_day = times_.least_gap();
  const auto between_days = days_.least_gap();
  if (!between_days) return within_day;
  const seconds over_midnight = *between_days - (times_.last() - times_.first());
  return within_day ? std::min(*within_day, over_midnight) : over_midnight;
}

std::string Expression::describe() const {
  return cron::describe(fields_);
}

}  // namespace jobsched::cron
