#include "tests/support/slow_cron.h"

#include <algorithm>
#include <cctype>
#include <sstream>
#include <stdexcept>

namespace jobsched::test {

namespace {

using std::chrono::days;
using std::chrono::local_days;
using std::chrono::local_seconds;
using std::chrono::seconds;
using std::chrono::sys_seconds;
using std::chrono::year_month_day;

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);)
    parts.push_back(part);
  return parts;
}

int value_of(const std::string& text) {
  static const std::string kNames =
      "SUN=1 MON=2 TUE=3 WED=4 THU=5 FRI=6 SAT=7 JAN=1 FEB=2 MAR=3 APR=4 MAY=5 JUN=6 JUL=7 AUG=8 "
      "SEP=9 OCT=10 NOV=11 DEC=12 ";
  if (std::isdigit(static_cast<unsigned char>(text.at(0))) != 0) return std::stoi(text);
  const std::size_t at = kNames.find(text.substr(0, 3) + "=");
  if (at == std::string::npos) throw std::invalid_argument("not a name: " + text);
  return std::stoi(kNames.substr(at + 4));
}

// Whether `value` is among *, a, a-b, each with a step or without, in a field from `least` to
// `greatest`.
bool item_names(const std::string& item, int value, int least, int greatest) {
  const std::size_t slash = item.find('/');
  const std::string base = item.substr(0, slash);
  const int step = slash == std::string::npos ? 1 : std::stoi(item.substr(slash + 1));
  int first = least;
  int last = greatest;
  if (const std::size_t dash = base.find('-'); dash != std::string::npos) {
    first = value_of(base.substr(0, dash));
    last = value_of(base.substr(dash + 1));
  } else if (base != "*" && !base.empty()) {
    first = value_of(base);
    last = slash == std::string::npos ? first : greatest;
  }
  const bool inside =
      first <= last ? first <= value && value <= last : first <= value || value <= last;
  if (!inside) return false;
  const int distance = value >= first ? value - first : greatest - first + 1 + value - least;
  return distance % step == 0;
}

bool list_names(const std::string& list, int value, int least, int greatest) {
  return std::ranges::any_of(split(list, ','), [&](const std::string& item) {
    return item_names(item, value, least, greatest);
  });
}

int last_day(year_month_day date) {
  const std::chrono::year_month_day_last last{date.year(),
                                              std::chrono::month_day_last{date.month()}};
  return static_cast<int>(static_cast<unsigned>(last.day()));
}

// Monday = 1 to Sunday = 7.
unsigned weekday_of(year_month_day date) {
  return std::chrono::weekday{local_days{date}}.iso_encoding();
}

// The day of the month that `nW` means in the month of `date`: found by looking left and right.
int nearest_workday(year_month_day date, int nominal) {
  for (const int shift : {0, -1, 1, -2, 2}) {
    const int day = nominal + shift;
    if (day < 1 || day > last_day(date)) continue;
    const year_month_day candidate{date.year(), date.month(),
                                   std::chrono::day{static_cast<unsigned>(day)}};
    if (weekday_of(candidate) <= 5) return day;
  }
  throw std::logic_error("a month without workdays");
}

bool day_item_names(const std::string& item, year_month_day date) {
  const int day = static_cast<int>(static_cast<unsigned>(date.day()));
  const bool workday = item.ends_with('W');
  if (!item.starts_with('L') && !workday) return item_names(item, day, 1, 31);
  int nominal = 0;
  if (item.starts_with('L')) {
    nominal = last_day(date) - (item.size() > 2 ? std::stoi(item.substr(2)) : 0);
  } else {
    nominal = std::stoi(item);
  }
  if (nominal < 1 || nominal > last_day(date)) return false;
  return day == (workday ? nearest_workday(date, nominal) : nominal);
}

bool weekday_names(const std::string& field, year_month_day date) {
  const int weekday = static_cast<int>(weekday_of(date) % 7) + 1;
  const int day = static_cast<int>(static_cast<unsigned>(date.day()));
  if (field == "L") return weekday == 7;
  if (field.ends_with('L')) return weekday == value_of(field) && day + 7 > last_day(date);
  if (const std::size_t hash = field.find('#'); hash != std::string::npos) {
    const int nth = std::stoi(field.substr(hash + 1));
    return weekday == value_of(field) && day > 7 * (nth - 1) && day <= 7 * nth;
  }
  return list_names(field, weekday, 1, 7);
}

}  // namespace

SlowCron::SlowCron(std::string_view text) {
  std::string upper(text);
  std::ranges::transform(upper, upper.begin(),
                         [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  std::istringstream stream(upper);
  for (std::string field; stream >> field;)
    fields_.push_back(field);
  if (fields_.size() == 6) fields_.emplace_back("*");
  const auto named = [&](std::size_t field, int size) {
    std::vector<std::size_t> values;
    for (int value = 0; value < size; ++value) {
      if (list_names(fields_[field], value, 0, size - 1))
        values.push_back(static_cast<std::size_t>(value));
    }
    return values;
  };
  const auto seconds_named = named(0, 60);
  const auto minutes_named = named(1, 60);
  const auto hours_named = named(2, 24);
  every_hour_ = hours_named.size() == 24;
  times_.resize(86'400);
  for (const std::size_t hour : hours_named) {
    for (const std::size_t minute : minutes_named) {
      for (const std::size_t second : seconds_named) {
        times_[(hour * 60 + minute) * 60 + second] = true;
      }
    }
  }
}

bool SlowCron::fires_on(year_month_day date) const {
  const auto month = static_cast<int>(static_cast<unsigned>(date.month()));
  if (!list_names(fields_[6], static_cast<int>(date.year()), 1970, 2199)) return false;
  if (!list_names(fields_[4], month, 1, 12)) return false;
  if (fields_[3] == "?") return weekday_names(fields_[5], date);
  return std::ranges::any_of(split(fields_[3], ','),
                             [&](const std::string& item) { return day_item_names(item, date); });
}

bool SlowCron::fires_at(local_seconds time) const {
  const auto day = std::chrono::floor<days>(time);
  return times_[static_cast<std::size_t>((time - day).count())] && fires_on(year_month_day{day});
}

std::optional<Instant> SlowCron::next(Instant after, Instant until) const {
  const auto begin = std::chrono::floor<seconds>(after) + seconds{1};
  for (auto day = std::chrono::floor<days>(begin); day <= until; day += days{1}) {
    if (!fires_on(day)) continue;
    for (std::size_t second = 0; second < times_.size(); ++second) {
      if (!times_[second]) continue;
      const sys_seconds time = day + seconds{second};
      if (time < begin) continue;
      if (time > until) return {};
      return Instant{time};
    }
  }
  return {};
}

std::vector<sys_seconds> SlowCron::fires_in(
    const Zone& zone, sys_seconds begin, sys_seconds end, seconds step, seconds before) const {
  const auto& periods = zone.periods();
  std::size_t i = 0;
  const auto shown_at = [&](sys_seconds instant) {
    while (i + 1 < periods.size() && periods[i + 1].begin <= instant) {
      ++i;
    }
    return local_seconds{instant.time_since_epoch() + periods[i].offset};
  };
  std::vector<sys_seconds> fires;
  if (every_hour()) {
    for (sys_seconds t = begin; t < end; t += step) {
      if (fires_at(shown_at(t))) fires.push_back(t);
    }
    return fires;
  }
  // Every wall-clock time that has not come yet comes when it is shown or passed.
  local_seconds to_come = shown_at(begin - before);
  for (sys_seconds t = begin - before; t < end; t += step) {
    bool fires_now = false;
    for (const local_seconds shown = shown_at(t); to_come <= shown; to_come += step) {
      fires_now = fires_at(to_come) || fires_now;
    }
    if (fires_now && t >= begin) fires.push_back(t);
  }
  return fires;
}

}  // namespace jobsched::test
