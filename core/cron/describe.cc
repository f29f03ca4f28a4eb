#include "core/cron/describe.h"

#include <array>
#include <chrono>
#include <cstdio>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "core/cron/fire_days.h"
#include "core/cron/fire_times.h"
#include "core/cron/runs.h"

namespace jobsched::cron {

namespace {

using Words = std::vector<std::string>;

constexpr std::array<std::string_view, 12> kMonths{"January",   "February", "March",    "April",
                                                   "May",       "June",     "July",     "August",
                                                   "September", "October",  "November", "December"};
constexpr std::array<std::string_view, 7> kWeekdays{"Monday", "Tuesday",  "Wednesday", "Thursday",
                                                    "Friday", "Saturday", "Sunday"};
constexpr std::array<std::string_view, 5> kOrdinals{"first", "second", "third", "fourth", "fifth"};

// More times of day than these are not listed one by one.
constexpr unsigned kMaxListedTimes = 8;

// Nor more stretches of the day than these.
constexpr std::size_t kMaxListedRuns = 3;

// Values at equal distances are listed up to here.
constexpr std::size_t kMaxListedProgression = 4;

std::string join(const Words& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? " and " : ", ";
    text += words[i];
  }
  return text;
}

// 1st, 2nd, 3rd, 4th, 11th, 21st.
std::string ordinal(int number) {
  constexpr std::array<std::string_view, 4> kSuffixes{"th", "st", "nd", "rd"};
  const int last_digit = number % 10;
  const bool irregular = last_digit < 4 && number / 10 % 10 != 1;
  return std::to_string(number).append(
      kSuffixes[irregular ? static_cast<std::size_t>(last_digit) : 0]);
}

std::string number(int value) {
  return std::to_string(value);
}

Words words_of(const std::vector<Run>& runs,
               const std::function<std::string(int)>& word,
               std::string_view between) {
  Words words;
  for (const auto& [first, last] : runs) {
    words.push_back(first == last ? word(first) : word(first).append(between) + word(last));
  }
  return words;
}

std::string numbers(const std::vector<int>& values) {
  return join(words_of(runs(values), number, "-"));
}

// The progression of many values, which is shorter than the list of them.
std::optional<Progression> long_progression(const std::vector<int>& values) {
  const auto found = progression(values);
  if (!found || found->step == 1 || values.size() <= kMaxListedProgression) return {};
  return found;
}

// "minute 5", "minutes 0-10 and 30", "every 7th minute from 0 to 56", "every minute".
std::string units(Bits set, Bits all, const std::string& unit) {
  if (set == all) return "every " + unit;
  const std::vector<int> values = members(set);
  if (const auto steps = long_progression(values)) {
    return "every " + ordinal(steps->step) + " " + unit + " from " + number(steps->first) + " to " +
           number(steps->last);
  }
  return unit + (values.size() == 1 ? " " : "s ") + numbers(values);
}

// "10:15", with the seconds if `exact`.
std::string clock_time(std::chrono::seconds time, bool exact) {
  const std::chrono::hh_mm_ss parts{time};
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), exact ? "%02d:%02d:%02d" : "%02d:%02d",
                static_cast<int>(parts.hours().count()), static_cast<int>(parts.minutes().count()),
                static_cast<int>(parts.seconds().count()));
  return text.data();
}

// Whether the values go on at the same distance from one round of the clock to the next.
bool goes_round(const Progression& steps, int round) {
  return round % steps.step == 0 && steps.first < steps.step && steps.last + steps.step >= round;
}

// When in the day an expression fires, in words.
class TimeWords {
 public:
  explicit TimeWords(const Fields& fields)
      : fields_(fields), times_(fields), exact_(fields.seconds != bit(0)) {}

  std::string text() const;

  // Whether "every day" would say nothing new after them.
  bool whole_day() const;

 private:
  std::optional<std::string> as_cadence() const;
  std::optional<std::string> as_hours() const;
  std::optional<std::string> as_list() const;
  std::string as_fields() const;
  std::string from_to(const Run& hours) const;

  bool one_time_an_hour() const { return size(fields_.seconds) == 1 && size(fields_.minutes) == 1; }

  bool starts_at_midnight() const { return times_.first() == std::chrono::seconds{0}; }

  const Fields& fields_;
  FireTimes times_;
  bool exact_;
};

bool TimeWords::whole_day() const {
  if (fields_.hours == kAllHours) return true;
  const auto steps = progression(members(fields_.hours));
  return one_time_an_hour() && starts_at_midnight() && steps && goes_round(*steps, 24);
}

std::string TimeWords::from_to(const Run& hours) const {
  const auto time = [&](int hour, unsigned minute, unsigned second) {
    return clock_time(
        std::chrono::hours{hour} + std::chrono::minutes{minute} + std::chrono::seconds{second},
        exact_);
  };
  return "from " + time(hours.first, least(fields_.minutes), least(fields_.seconds)) + " to " +
         time(hours.last, greatest(fields_.minutes), greatest(fields_.seconds));
}

// "every 10 minutes", "every 15 seconds from 08:00:00 to 17:59:45"
std::optional<std::string> TimeWords::as_cadence() const {
  const bool by_seconds = exact_ && fields_.minutes == kAllSixty;
  if (exact_ && !by_seconds) return {};
  const auto steps = progression(members(by_seconds ? fields_.seconds : fields_.minutes));
  if (!steps) return {};
  const bool regular = goes_round(*steps, 60);
  const std::string unit = by_seconds ? "second" : "minute";
  std::string text =
      steps->step == 1 ? "every " + unit : "every " + number(steps->step) + " " + unit + "s";
  if (fields_.hours == kAllHours) {
    if (!regular) return {};
    if (steps->first == 0) return text;
    return text + " from " + unit + " " + number(steps->first) + " of every " +
           (by_seconds ? "minute" : "hour");
  }
  Words words;
  for (const Run& hours : runs(members(fields_.hours), 1)) {
    if (!regular && (by_seconds || hours.first != hours.last)) return {};
    words.push_back(from_to(hours));
  }
  if (words.size() > kMaxListedRuns) return {};
  return text + " " + join(words);
}

// "every hour", "every 2 hours from 01:30", "every hour from 08:00 to 17:00"
std::optional<std::string> TimeWords::as_hours() const {
  const auto steps = progression(members(fields_.hours));
  if (!one_time_an_hour() || !steps) return {};
  if (fields_.hours == kAllHours) {
    return starts_at_midnight() ? std::optional("every hour") : std::nullopt;
  }
  if (steps->step == 1) return "every hour " + from_to({steps->first, steps->last});
  if (!goes_round(*steps, 24)) return {};
  const std::string text = "every " + number(steps->step) + " hours";
  return starts_at_midnight() ? text : text + " from " + clock_time(times_.first(), exact_);
}

// "at 08:00, 12:00 and 18:00"
std::optional<std::string> TimeWords::as_list() const {
  if (size(fields_.seconds) * size(fields_.minutes) * size(fields_.hours) > kMaxListedTimes) {
    return {};
  }
  Words words;
  for (auto time = times_.next(std::chrono::seconds{0}); time;) {
    words.push_back(clock_time(*time, exact_));
    const std::chrono::seconds later = *time + std::chrono::seconds{1};
    time = later < std::chrono::hours{24} ? times_.next(later) : std::nullopt;
  }
  return "at " + join(words);
}

// "at second 30 of minutes 0-10 of every hour"
std::string TimeWords::as_fields() const {
  std::string text;
  if (exact_) text = units(fields_.seconds, kAllSixty, "second") + " of ";
  text += units(fields_.minutes, kAllSixty, "minute") + " of " +
          units(fields_.hours, kAllHours, "hour");
  return text.starts_with("every ") ? text : "at " + text;
}

std::string TimeWords::text() const {
  if (const auto text = as_cadence()) return *text;
  if (const auto text = as_hours()) return *text;
  if (const auto text = as_list()) return *text;
  return as_fields();
}

std::string months(Bits set) {
  const auto name = [](int month) {
    return std::string(kMonths[static_cast<std::size_t>(month - 1)]);
  };
  return join(words_of(runs(members(set)), name, " to "));
}

// Days of the week as 1 = Sunday in the order in which people name them, Monday first.
std::vector<int> from_monday(Bits weekdays) {
  const Bits without_sunday = weekdays & ~bit(1);
  return members((without_sunday >> 2U) | (contains(weekdays, 1) ? bit(6) : 0));
}

std::string weekday_name(int from_monday) {
  return std::string(kWeekdays[static_cast<std::size_t>(from_monday)]);
}

std::string weekday_name(unsigned weekday) {
  return weekday_name(from_monday(bit(weekday)).front());
}

// "every Monday", "on Monday and Friday", ", Monday to Friday,"
std::string weekdays(Bits set) {
  const std::vector<int> days = from_monday(set);
  if (days.size() == 1) return " every " + weekday_name(days.front());
  const std::vector<Run> found = runs(days);
  const std::string text = join(words_of(
      found, [](int day) { return weekday_name(day); }, " to "));
  return found.size() == 1 ? ", " + text : " on " + text;
}

std::string day_before_last(int offset) {
  return "the " + ordinal(offset) + " day before the last day";
}

// "day 1 and 15", "day 1, days 10-15, the last day and the weekday nearest day 20"
std::string days_of_month(const DayRule& rule) {
  const std::vector<int> days = members(rule.days);
  Words words;
  if (const auto steps = long_progression(days)) {
    words.push_back("every " + ordinal(steps->step) + " day from " + number(steps->first) + " to " +
                    number(steps->last));
  } else if ((rule.from_end | rule.workdays | rule.workdays_from_end) == 0) {
    words.push_back("day " + numbers(days));
  } else {
    for (const auto& run : runs(days)) {
      words.push_back(
          join(words_of({run}, number, "-")).insert(0, run.first == run.last ? "day " : "days "));
    }
  }
  for (const int offset : members(rule.from_end)) {
    words.push_back(offset == 0 ? "the last day" : day_before_last(offset));
  }
  for (const int day : members(rule.workdays)) {
    words.push_back("the weekday nearest day " + number(day));
  }
  for (const int offset : members(rule.workdays_from_end)) {
    words.push_back(offset == 0 ? "the last weekday"
                                : "the weekday nearest " + day_before_last(offset));
  }
  return join(words);
}

std::string days(const DayRule& rule, Bits month_set, bool whole_day) {
  const bool every_month = month_set == kAllMonths;
  const std::string of_months = " of " + (every_month ? "every month" : months(month_set));
  if (rule.last_weekday != 0) {
    return " on the last " + weekday_name(rule.last_weekday) + of_months;
  }
  if (rule.nth_weekday != 0) {
    std::string text = " on the " + std::string(kOrdinals[rule.nth - 1]) + " " +
                       weekday_name(rule.nth_weekday) + of_months;
    if (rule.nth == 5) text += every_month ? " that has one" : " if there is one";
    return text;
  }
  const std::string in_months = every_month ? "" : " in " + months(month_set);
  if (rule.weekdays != 0) {
    const std::string text = weekdays(rule.weekdays);
    return text + (text.starts_with(',') && !every_month ? "," : "") + in_months;
  }
  if (rule.days == kAllDays) return (whole_day ? "" : " every day") + in_months;
  return " on " + days_of_month(rule) + of_months;
}

std::string years(const YearSet& set) {
  const std::vector<int> all = members(set);
  if (all.size() > kLastYear - kFirstYear) return "";
  if (const auto steps = long_progression(all)) {
    return ", every " + number(steps->step) + " years from " + number(steps->first) + " to " +
           number(steps->last);
  }
  return ", " + numbers(all);
}

}  // namespace

std::string describe(const Fields& fields) {
  const TimeWords time(fields);
  const std::string text =
      time.text() + days(fields.days, fields.months, time.whole_day()) + years(fields.years);
  return FireDays(fields).empty() ? "never (" + text + ")" : text;
}

}  // namespace jobsched::cron
