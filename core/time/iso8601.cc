#include "core/time/iso8601.h"

#include <array>
#include <cstdint>
#include <cstdio>

#include "core/text/ascii.h"
#include "core/text/utf8.h"

namespace jobsched {

namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::local_days;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::year;

constexpr std::string_view kMinusSign = "\xE2\x88\x92";  // U+2212

enum class Style { kEither, kBasic, kExtended };

// The text and how far it has been read.
struct Cursor {
  std::string_view text;
  std::size_t position = 0;

  std::string_view rest() const { return text.substr(position); }

  bool at(char c) const { return position < text.size() && text[position] == c; }

  bool at_digit() const { return position < text.size() && is_digit(text[position]); }

  bool eat(char c) {
    if (!at(c)) return false;
    ++position;
    return true;
  }

  std::size_t digits_ahead() const {
    std::size_t count = 0;
    while (position + count < text.size() && is_digit(text[position + count])) {
      ++count;
    }
    return count;
  }

  // Requires: at least `count` digits are ahead.
  int take(std::size_t count) {
    int value = 0;
    for (const std::size_t end = position + count; position < end; ++position) {
      value = value * 10 + (text[position] - '0');
    }
    return value;
  }
};

tl::unexpected<Error> fault(std::string detail, std::size_t position) {
  return fail(ErrorKind::kInvalid, std::move(detail), "", position);
}

std::string padded(int value, int width) {
  std::array<char, 16> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%0*d", width, value);
  return buffer.data();
}

// A number of exactly `width` digits from `low` to `high`. `name` is for errors: "month".
Result<int> number(Cursor& in, std::string_view name, std::size_t width, int low, int high) {
  const std::size_t begin = in.position;
  if (in.digits_ahead() < width) {
    return fault("the " + std::string(name) + " has " + std::to_string(width) + " digits",
                 begin + in.digits_ahead());
  }
  const int value = in.take(width);
  if (value >= low && value <= high) return value;
  const int digits = static_cast<int>(width);
  return fault("there is no " + std::string(name) + " " + padded(value, digits) + "; write " +
                   padded(low, digits) + " to " + padded(high, digits),
               begin);
}

// ---- dates ----

struct Date {
  local_days day;
  Style style;
};

local_days first_day(int in_year) {
  return local_days{year{in_year} / 1 / 1};
}

// The Monday of week 01, which is the week that has 4 January in it.
local_days first_week(int in_year) {
  const local_days fourth{year{in_year} / 1 / 4};
  return fourth - (std::chrono::weekday{fourth} - std::chrono::Monday);
}

Result<Date> calendar_date(Cursor& in, int in_year, Style style) {
  const Result<int> month = number(in, "month", 2, 1, 12);
  if (!month) return tl::unexpected(month.error());
  if (style == Style::kExtended && !in.eat('-')) {
    return fault("the day of the month is missing; write a date like 2026-12-01", in.position);
  }
  const std::size_t begin = in.position;
  const Result<int> day = number(in, "day", 2, 1, 31);
  if (!day) return tl::unexpected(day.error());
  const auto in_month = year{in_year} / *month;
  const unsigned last = static_cast<unsigned>((in_month / std::chrono::last).day());
  if (static_cast<unsigned>(*day) > last) {
    return fault(padded(in_year, 4) + "-" + padded(*month, 2) + " has no day " +
                     std::to_string(*day) + "; its last is " + std::to_string(last),
                 begin);
  }
  return Date{local_days{in_month / *day}, style};
}

Result<Date> ordinal_date(Cursor& in, int in_year, Style style) {
  const std::size_t begin = in.position;
  const Result<int> day = number(in, "day of the year", 3, 1, 366);
  if (!day) return tl::unexpected(day.error());
  if (*day == 366 && !year{in_year}.is_leap()) {
    return fault(padded(in_year, 4) + " has no day 366; its last is 365", begin);
  }
  return Date{first_day(in_year) + days{*day - 1}, style};
}

Result<Date> week_date(Cursor& in, int in_year, Style style) {
  ++in.position;  // the W
  const std::size_t begin = in.position;
  const Result<int> week = number(in, "week", 2, 1, 53);
  if (!week) return tl::unexpected(week.error());
  const local_days monday = first_week(in_year) + std::chrono::weeks{*week - 1};
  if (monday >= first_week(in_year + 1)) {
    return fault(padded(in_year, 4) + " has no week 53; its last is 52", begin);
  }
  if (style == Style::kExtended && !in.eat('-')) {
    return fault("the day of the week is missing; write a date like 2026-W49-2", in.position);
  }
  const Result<int> day = number(in, "day of the week", 1, 1, 7);
  if (!day) return tl::unexpected(day.error());
  return Date{monday + days{*day - 1}, style};
}

Result<Date> date(Cursor& in) {
  const std::size_t digits = in.digits_ahead();
  if (in.at('+') || in.at('-') || in.rest().starts_with(kMinusSign)) {
    return fault("years have four digits and no sign, 0000 to 9999", in.position);
  }
  if (digits == 0) {
    return fault("this is not an ISO 8601 time; write one like 2026-12-01T15:30:00Z", in.position);
  }
  if (digits < 4 || digits == 5 || digits == 6) {
    return fault("the year has four digits; write a date like 2026-12-01 or 20261201", in.position);
  }
  const int in_year = in.take(4);
  const Style style = in.eat('-') ? Style::kExtended : Style::kBasic;
  if (in.at('W')) return week_date(in, in_year, style);
  if (in.digits_ahead() == 3) return ordinal_date(in, in_year, style);
  if (in.digits_ahead() == 0) {
    return fault("the month and day are missing; write a date like 2026-12-01", in.position);
  }
  return calendar_date(in, in_year, style);
}

// ---- times ----

// Digits after a decimal sign times `unit`, rounded down. Dividing digit by digit from the last
// one keeps it exact for any number of digits.
Millis fraction(std::string_view digits, Millis unit) {
  std::int64_t value = 0;
  for (std::size_t i = digits.size(); i > 0; --i) {
    value = ((digits[i - 1] - '0') * unit.count() + value) / 10;
  }
  return Millis{value};
}

// The fraction of `unit`, if one follows.
Result<Millis> optional_fraction(Cursor& in, Millis unit) {
  if (!in.at('.') && !in.at(',')) return Millis{0};
  const std::size_t count = Cursor{in.text, in.position + 1}.digits_ahead();
  ++in.position;
  if (count == 0) return fault("digits must follow the decimal sign", in.position);
  const Millis value = fraction(in.text.substr(in.position, count), unit);
  in.position += count;
  return value;
}

Result<int> second(Cursor& in) {
  const std::size_t begin = in.position;
  if (in.digits_ahead() >= 2 && in.rest().starts_with("60")) {
    return fault("there is no second 60 in POSIX time; write 59, or second 00 of the next minute",
                 begin);
  }
  return number(in, "second", 2, 0, 59);
}

// Whether another part of the time follows; eats the colon before it.
Result<bool> another_part(Cursor& in, Style& style, std::string_view name) {
  const bool colon = in.at(':');
  if (!colon && !in.at_digit()) return false;
  const Style found = colon ? Style::kExtended : Style::kBasic;
  if (style != Style::kEither && style != found) {
    return fault(colon ? "this mixes the basic and the extended form; leave out all of the - and : "
                         "or none of them"
                       : "a colon was expected before the " + std::string(name) +
                             "; leave out all of the - and : or none of them",
                 in.position);
  }
  style = found;
  if (colon) ++in.position;
  return true;
}

struct TimeParts {
  int hour = 0;
  Millis after_hour{0};
};

Result<TimeParts> time_parts(Cursor& in, Style style) {
  const Result<int> hour = number(in, "hour", 2, 0, 24);
  if (!hour) return tl::unexpected(hour.error());
  Millis after_hour{0};
  Millis unit = hours{1};
  const Result<bool> has_minute = another_part(in, style, "minute");
  if (!has_minute) return tl::unexpected(has_minute.error());
  if (*has_minute) {
    const Result<int> minute = number(in, "minute", 2, 0, 59);
    if (!minute) return tl::unexpected(minute.error());
    after_hour += minutes{*minute};
    unit = minutes{1};
    const Result<bool> has_second = another_part(in, style, "second");
    if (!has_second) return tl::unexpected(has_second.error());
    if (*has_second) {
      const Result<int> whole = second(in);
      if (!whole) return tl::unexpected(whole.error());
      after_hour += seconds{*whole};
      unit = seconds{1};
    }
  }
  const Result<Millis> part = optional_fraction(in, unit);
  if (!part) return tl::unexpected(part.error());
  return TimeParts{*hour, after_hour + *part};
}

Result<Millis> time_of_day(Cursor& in, Style style) {
  if (!in.at_digit()) return fault("a time must follow the T, as in T15:30", in.position);
  const std::size_t begin = in.position;
  const Result<TimeParts> parts = time_parts(in, style);
  if (!parts) return tl::unexpected(parts.error());
  if (parts->hour == 24 && parts->after_hour > Millis{0}) {
    return fault(
        "24:00 is the end of the day and nothing of the day is after it; write hour 00 of "
        "the next day",
        begin);
  }
  return hours{parts->hour} + parts->after_hour;
}

// ---- offsets ----

Result<std::optional<minutes>> offset(Cursor& in) {
  if (in.eat('Z') || in.eat('z')) return minutes{0};
  const bool minus_sign = in.rest().starts_with(kMinusSign);
  const bool minus = minus_sign || in.at('-');
  if (!minus && !in.at('+')) return std::nullopt;
  in.position += minus_sign ? kMinusSign.size() : 1;
  const Result<int> hour = number(in, "hour of the offset", 2, 0, 23);
  if (!hour) return tl::unexpected(hour.error());
  minutes value = hours{*hour};
  if (in.eat(':') || in.at_digit()) {
    const Result<int> minute = number(in, "minute of the offset", 2, 0, 59);
    if (!minute) return tl::unexpected(minute.error());
    value += minutes{*minute};
  }
  return minus ? -value : value;
}

// ---- the whole ----

tl::unexpected<Error> no_time(const Cursor& in) {
  if (in.rest().empty()) {
    return fault("the time is missing; add one, as in T15:30:00Z", in.position);
  }
  if (in.at(' ')) {
    return fault("a blank stands between date and time; write a T in its place", in.position);
  }
  return fault("a T and a time must follow the date, as in T15:30:00Z", in.position);
}

tl::unexpected<Error> trailing_text(const Cursor& in, bool has_offset) {
  if (has_offset) return fault("nothing may follow the offset from UTC", in.position);
  if (in.at(' ')) {
    return fault("a blank follows the time; the offset from UTC comes right after it", in.position);
  }
  return fault(quote(in.rest()) +
                   " does not belong after the time; an offset from UTC is Z or "
                   "like +01:00",
               in.position);
}

Result<DateTime> date_time(Cursor& in) {
  const Result<Date> day = date(in);
  if (!day) return tl::unexpected(day.error());
  if (!in.eat('T') && !in.eat('t')) return no_time(in);
  const Result<Millis> time = time_of_day(in, day->style);
  if (!time) return tl::unexpected(time.error());
  const Result<std::optional<minutes>> from_utc = offset(in);
  if (!from_utc) return tl::unexpected(from_utc.error());
  if (!in.rest().empty()) return trailing_text(in, from_utc->has_value());
  return DateTime{day->day + *time, *from_utc};
}

bool has_four_digit_year(Instant instant) {
  using std::chrono::sys_days;
  return instant >= sys_days{year{0} / 1 / 1} && instant < sys_days{year{10'000} / 1 / 1};
}

}  // namespace

Result<DateTime> parse_date_time(std::string_view text) {
  Cursor in{text};
  return date_time(in);
}

Result<Instant> parse_instant(std::string_view text) {
  const Result<DateTime> parsed = parse_date_time(text);
  if (!parsed) return tl::unexpected(parsed.error());
  if (!parsed->offset) {
    return fault("the time has no offset from UTC; add Z for UTC, or an offset such as +01:00",
                 text.size());
  }
  const Instant instant{parsed->local.time_since_epoch() - *parsed->offset};
  if (!has_four_digit_year(instant)) {
    return fault("the time is outside the years 0000 to 9999 in UTC", 0);
  }
  return instant;
}

std::string format_instant(Instant instant) {
  const auto day = std::chrono::floor<days>(instant);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{instant - day};
  std::string text = padded(static_cast<int>(date.year()), 4);
  text += '-' + padded(static_cast<int>(static_cast<unsigned>(date.month())), 2);
  text += '-' + padded(static_cast<int>(static_cast<unsigned>(date.day())), 2);
  text += 'T' + padded(static_cast<int>(time.hours().count()), 2);
  text += ':' + padded(static_cast<int>(time.minutes().count()), 2);
  text += ':' + padded(static_cast<int>(time.seconds().count()), 2);
  const auto millis = static_cast<int>(time.subseconds().count());
  if (millis != 0) text += '.' + padded(millis, 3);
  return text + 'Z';
}

}  // namespace jobsched
