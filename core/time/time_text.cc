#include "core/time/time_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "core/text/ascii.h"
#include "core/text/suggestion.h"
#include "core/text/utf8.h"
#include "core/time/iso8601.h"
#include "core/time/local_instant.h"

namespace jobsched {

namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::seconds;

constexpr std::string_view kForms =
    "write it like 2026-12-01T15:30, 09:00, \"tomorrow 9:00\", \"fri 17:00\" or @1796139000";

constexpr Instant kFirst = std::chrono::sys_days{std::chrono::year{0} / 1 / 1};
constexpr Instant kLast = std::chrono::sys_days{std::chrono::year{10'000} / 1 / 1} - Millis{1};

constexpr std::array<std::string_view, 17> kDayNames{
    "sun",    "mon",      "tue",    "wed",      "thu",       "fri",
    "sat",    "sunday",   "monday", "tuesday",  "wednesday", "thursday",
    "friday", "saturday", "today",  "tomorrow", "yesterday"};
constexpr std::size_t kToday = 14;
constexpr std::size_t kTomorrow = 15;
constexpr std::size_t kYesterday = 16;

// On which side of now a time of day or a day of the week is sought.
enum class Side { kFuture, kPast };

// At which moment a text is read, and how.
struct Reading {
  Instant now;
  const Zone& zone;
  Side side;
};

// A piece of the text, which remembers where it was.
struct Word {
  std::string_view text;
  std::size_t position;
};

tl::unexpected<Error> refuse(std::string detail, std::size_t position = 0) {
  return fail(ErrorKind::kInvalid, std::move(detail), {}, position);
}

std::vector<Word> split(std::string_view text) {
  std::vector<Word> words;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t begin = i;
    while (i < text.size() && !is_space(text[i]))
      ++i;
    if (i > begin) words.push_back({text.substr(begin, i - begin), begin});
    if (i == begin) ++i;
  }
  return words;
}

bool is_clock(std::string_view text) {
  const auto colon = text.find(':');
  return !text.empty() && is_digit(text.front()) && colon != std::string_view::npos && colon <= 2;
}

// "9:00" is ISO 8601 but for the nought.
Result<Millis> parse_clock(Word word) {
  const std::string hour_added = word.text.find(':') == 1 ? "0" : "";
  const auto parsed = parse_date_time("1970-01-01T" + hour_added + std::string(word.text));
  if (!parsed || parsed->offset || parsed->local >= LocalTime{days{1}}) {
    return refuse(quote(word.text) + " is not a time of day; write it like 09:00 or 9:00:30",
                  word.position);
  }
  return parsed->local.time_since_epoch();
}

// The first of the times of day on `day` and every `step` after it that is after now.
Result<Instant> first_after_now(const Reading& reading, LocalTime day, Millis clock, days step) {
  for (;; day += step) {
    const auto instants = instants_of(day + clock, reading.zone);
    if (instants.empty()) {
      if (end_of_gap(day + clock, reading.zone) > reading.now) {
        return skipped_time(day + clock, reading.zone);
      }
    }
    const auto next = std::ranges::upper_bound(instants, reading.now);
    if (next != instants.end()) return *next;
  }
}

// The last of the times of day on `day` and every `step` before it that is not after now.
Result<Instant> last_until_now(const Reading& reading, LocalTime day, Millis clock, days step) {
  for (;; day -= step) {
    const auto instants = instants_of(day + clock, reading.zone);
    if (instants.empty()) {
      if (end_of_gap(day + clock, reading.zone) <= reading.now) {
        return skipped_time(day + clock, reading.zone);
      }
    }
    const auto later = std::ranges::upper_bound(instants, reading.now);
    if (later != instants.begin()) return *std::prev(later);
  }
}

Result<Instant> nearest_to_now(const Reading& reading, LocalTime day, Millis clock, days step) {
  return reading.side == Side::kFuture ? first_after_now(reading, day, clock, step)
                                       : last_until_now(reading, day, clock, step);
}

Result<Instant> parse_epoch(Word word) {
  const auto malformed = [&] {
    return refuse(quote(word.text) + " is not a number of seconds since 1970, as in @1796139000",
                  word.position);
  };
  const std::string_view number = word.text.substr(1);
  const auto dot = number.find('.');
  const std::string_view whole = number.substr(0, dot);
  const std::string_view fraction = dot == std::string_view::npos ? "0" : number.substr(dot + 1);
  if (fraction.empty() || !std::ranges::all_of(fraction, is_digit)) return malformed();
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(whole.data(), whole.data() + whole.size(), value);
  if (error != std::errc() || end != whole.data() + whole.size()) return malformed();
  // Compared as seconds: as many milliseconds may not fit.
  if (value < 0 || value > std::chrono::floor<seconds>(kLast.time_since_epoch()).count()) {
    return malformed();
  }
  Instant instant{seconds{value}};
  Millis unit{100};
  for (const char digit : fraction.substr(0, 3)) {
    instant += unit * (digit - '0');
    unit /= 10;
  }
  return instant;
}

Result<Instant> parse_iso(std::string_view text, std::size_t position, const Zone& zone) {
  const auto parsed = parse_date_time(text);
  if (!parsed) {
    return refuse(parsed.error().detail, position + parsed.error().position.value_or(0));
  }
  if (parsed->offset) return Instant{parsed->local.time_since_epoch() - *parsed->offset};
  return to_instant(parsed->local, zone);
}

LocalTime local_midnight(const Reading& reading) {
  const auto offset = reading.zone.offset_at(std::chrono::floor<seconds>(reading.now));
  return std::chrono::floor<days>(LocalTime{reading.now.time_since_epoch() + offset});
}

Result<Instant> parse_day_and_clock(Word day, Word clock, const Reading& reading) {
  const std::string name = lower_case(day.text);
  const auto index =
      static_cast<std::size_t>(std::ranges::find(kDayNames, name) - kDayNames.begin());
  if (index == kDayNames.size()) {
    const std::string hint = did_you_mean(name, kDayNames);
    return refuse(
        quote(day.text) + " is not a day" + (hint.empty() ? "; " + std::string(kForms) : hint),
        day.position);
  }
  const auto time = parse_clock(clock);
  if (!time) return tl::unexpected(time.error());
  const LocalTime today = local_midnight(reading);
  if (index == kToday) return to_instant(today + *time, reading.zone);
  if (index == kTomorrow) return to_instant(today + days{1} + *time, reading.zone);
  if (index == kYesterday) return to_instant(today - days{1} + *time, reading.zone);
  const std::chrono::weekday weekday{static_cast<unsigned>(index % 7)};
  const std::chrono::weekday weekday_now{std::chrono::floor<days>(today)};
  return nearest_to_now(reading, today + (weekday - weekday_now), *time, days{7});
}

Result<Instant> parse_word(Word word, const Reading& reading) {
  if (word.text.front() == '@') return parse_epoch(word);
  if (is_clock(word.text)) {
    const auto clock = parse_clock(word);
    if (!clock) return tl::unexpected(clock.error());
    return nearest_to_now(reading, local_midnight(reading), *clock, days{1});
  }
  if (is_digit(word.text.front())) return parse_iso(word.text, word.position, reading.zone);
  return refuse(quote(word.text) + " is not a time; " + std::string(kForms), word.position);
}

Result<Instant> parse_words(const std::vector<Word>& words, const Reading& reading) {
  if (words.empty()) return refuse("the time is missing; " + std::string(kForms));
  const Word first = words.front();
  if (words.size() == 1) return parse_word(first, reading);
  if (words.size() > 2) {
    return refuse("there are too many words for a time; " + std::string(kForms), words[2].position);
  }
  const Word last = words.back();
  if (is_clock(first.text)) return parse_day_and_clock(last, first, reading);
  if (is_digit(first.text.front())) {
    return parse_iso(std::string(first.text) + "T" + std::string(last.text), first.position,
                     reading.zone);
  }
  return parse_day_and_clock(first, last, reading);
}

Result<Instant> parse(std::string_view text, const Reading& reading) {
  const auto instant = parse_words(split(text), reading);
  // An offset can move the first and the last day out of the years that can be written.
  if (instant && (*instant < kFirst || *instant > kLast)) {
    return refuse("the time is not in the years 0000 to 9999");
  }
  return instant;
}

}  // namespace

Result<Instant> parse_time(std::string_view text, Instant now, const Zone& zone) {
  return parse(text, {now, zone, Side::kFuture});
}

Result<Instant> parse_past_time(std::string_view text, Instant now, const Zone& zone) {
  return parse(text, {now, zone, Side::kPast});
}

}  // namespace jobsched
