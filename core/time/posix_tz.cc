#include "core/time/posix_tz.h"

#include <algorithm>
#include <utility>

#include "core/text/ascii.h"

namespace jobsched {

namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::sys_seconds;
using std::chrono::year;

constexpr int kMaxOffsetHours = 24;
constexpr int kMaxRuleHours = 167;  // a week less one hour (RFC 9636)

class TzParser {
 public:
  explicit TzParser(std::string_view text) : text_(text) {}

  Result<PosixTz> parse();

 private:
  bool at_end() const { return at_ == text_.size(); }

  bool skip(char c) {
    if (at_end() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  tl::unexpected<Error> fail_here(std::string_view expected) const;
  Result<void> parse_name();
  Result<int> parse_number(int least, int greatest, std::string_view what);
  Result<seconds> parse_time(int max_hours);
  Result<PosixTz::Daylight> parse_daylight(seconds standard);
  Result<PosixTz::Date> parse_date();
  Result<PosixTz::DayOfMonth> parse_day_of_month();

  std::string_view text_;
  std::size_t at_ = 0;
};

tl::unexpected<Error> TzParser::fail_here(std::string_view expected) const {
  return fail(ErrorKind::kInvalid,
              "the POSIX time zone `" + std::string(text_) + "` cannot be read: " +
                  std::string(expected) + " must stand at byte " + std::to_string(at_),
              "timezone", at_);
}

Result<void> TzParser::parse_name() {
  const std::size_t begin = at_;
  if (skip('<')) {
    while (!at_end() && (is_letter(text_[at_]) || is_digit(text_[at_]) || text_[at_] == '+' ||
                         text_[at_] == '-')) {
      ++at_;
    }
    if (at_ == begin + 1 || !skip('>')) return fail_here("a name in `<` and `>`");
    return {};
  }
  while (!at_end() && is_letter(text_[at_])) {
    ++at_;
  }
  if (at_ - begin < 3) return fail_here("a name of three letters or more");
  return {};
}

Result<int> TzParser::parse_number(int least, int greatest, std::string_view what) {
  const std::size_t begin = at_;
  int number = 0;
  while (!at_end() && is_digit(text_[at_]) && at_ - begin < 3) {
    number = number * 10 + (text_[at_++] - '0');
  }
  if (at_ == begin || number < least || number > greatest) {
    at_ = begin;
    return fail_here(what);
  }
  return number;
}

Result<seconds> TzParser::parse_time(int max_hours) {
  const bool negative = skip('-');
  if (!negative) skip('+');
  const Result<int> hour = parse_number(0, max_hours, "a number of hours");
  if (!hour) return tl::unexpected(hour.error());
  seconds time = hours{*hour};
  if (skip(':')) {
    const Result<int> minute = parse_number(0, 59, "a number of minutes");
    if (!minute) return tl::unexpected(minute.error());
    time += minutes{*minute};
    if (skip(':')) {
      const Result<int> second = parse_number(0, 59, "a number of seconds");
      if (!second) return tl::unexpected(second.error());
      time += seconds{*second};
    }
  }
  return negative ? -time : time;
}

Result<PosixTz::DayOfMonth> TzParser::parse_day_of_month() {
  const Result<int> month = parse_number(1, 12, "a month from 1 to 12");
  if (!month) return tl::unexpected(month.error());
  if (!skip('.')) return fail_here("a `.`");
  const Result<int> week = parse_number(1, 5, "a week from 1 to 5");
  if (!week) return tl::unexpected(week.error());
  if (!skip('.')) return fail_here("a `.`");
  const Result<int> weekday = parse_number(0, 6, "a day of the week from 0 to 6");
  if (!weekday) return tl::unexpected(weekday.error());
  return PosixTz::DayOfMonth{std::chrono::month{static_cast<unsigned>(*month)},
                             static_cast<unsigned>(*week),
                             std::chrono::weekday{static_cast<unsigned>(*weekday)}};
}

Result<PosixTz::Date> TzParser::parse_date() {
  PosixTz::Date date{PosixTz::DayOfYear{0}, hours{2}};
  if (!skip(',')) return fail_here("a `,` and a date");
  if (skip('M')) {
    const auto day = parse_day_of_month();
    if (!day) return tl::unexpected(day.error());
    date.day = *day;
  } else if (skip('J')) {
    const Result<int> day = parse_number(1, 365, "a day from 1 to 365");
    if (!day) return tl::unexpected(day.error());
    date.day = PosixTz::JulianDay{*day};
  } else {
    const Result<int> day = parse_number(0, 365, "a day from 0 to 365");
    if (!day) return tl::unexpected(day.error());
    date.day = PosixTz::DayOfYear{*day};
  }
  if (skip('/')) {
    const Result<seconds> time = parse_time(kMaxRuleHours);
    if (!time) return tl::unexpected(time.error());
    date.time = *time;
  }
  return date;
}

Result<PosixTz::Daylight> TzParser::parse_daylight(seconds standard) {
  if (auto name = parse_name(); !name) return tl::unexpected(name.error());
  seconds offset = standard + hours{1};
  if (!at_end() && text_[at_] != ',') {
    const Result<seconds> west = parse_time(kMaxOffsetHours);
    if (!west) return tl::unexpected(west.error());
    offset = -*west;
  }
  const auto start = parse_date();
  if (!start) return tl::unexpected(start.error());
  const auto end = parse_date();
  if (!end) return tl::unexpected(end.error());
  return PosixTz::Daylight{offset, *start, *end};
}

Result<PosixTz> TzParser::parse() {
  if (auto name = parse_name(); !name) return tl::unexpected(name.error());
  const Result<seconds> west = parse_time(kMaxOffsetHours);
  if (!west) return tl::unexpected(west.error());
  PosixTz rules{-*west, {}};
  if (!at_end()) {
    const auto daylight = parse_daylight(rules.standard);
    if (!daylight) return tl::unexpected(daylight.error());
    rules.daylight = *daylight;
  }
  if (!at_end()) return fail_here("its end");
  return rules;
}

sys_days day_in(year y, const PosixTz::JulianDay& julian) {
  const int leap_day = y.is_leap() && julian.day >= 60 ? 1 : 0;
  return sys_days{y / 1 / 1} + days{julian.day - 1 + leap_day};
}

sys_days day_in(year y, const PosixTz::DayOfYear& of_year) {
  return sys_days{y / 1 / 1} + days{of_year.day};
}

sys_days day_in(year y, const PosixTz::DayOfMonth& of_month) {
  const auto month = y / of_month.month;
  if (of_month.week == 5) return sys_days{month / of_month.weekday[std::chrono::last]};
  return sys_days{month / of_month.weekday[of_month.week]};
}

// When the date comes in year `y` on a clock that is `offset` ahead of UTC.
sys_seconds instant_of(const PosixTz::Date& date, year y, seconds offset) {
  const sys_days day = std::visit([&](const auto& rule) { return day_in(y, rule); }, date.day);
  return day + date.time - offset;
}

}  // namespace

Result<PosixTz> parse_posix_tz(std::string_view text) {
  return TzParser(text).parse();
}

std::vector<Zone::Period> changes(const PosixTz& rules, int first_year, int last_year) {
  std::vector<Zone::Period> changes;
  if (!rules.daylight) return changes;
  for (year y{first_year}; y <= year{last_year}; ++y) {
    const sys_seconds start = instant_of(rules.daylight->start, y, rules.standard);
    const sys_seconds end = instant_of(rules.daylight->end, y, rules.daylight->offset);
    changes.push_back({start, rules.daylight->offset});
    // An end that comes when the next year's start has come already means that it never ends.
    const bool all_year = end - start >= days{y.is_leap() ? 366 : 365};
    if (!all_year) changes.push_back({end, rules.standard});
  }
  std::ranges::stable_sort(changes, {}, &Zone::Period::begin);
  return changes;
}

Zone to_zone(std::string name, const PosixTz& rules) {
  constexpr int kFirstYear = 1900;
  constexpr int kLastYear = 2199;
  std::vector<Zone::Period> periods{{sys_seconds::min(), rules.standard}};
  for (const Zone::Period& change : changes(rules, kFirstYear, kLastYear)) {
    append_change(periods, change);
  }
  return {std::move(name), std::move(periods)};
}

}  // namespace jobsched
