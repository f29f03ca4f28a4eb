#include "core/delivery/retry_after.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <vector>

#include "core/text/ascii.h"

namespace jobsched {

namespace {

using std::chrono::sys_days;

constexpr Millis kMost = std::chrono::hours{24 * 3'650};  // so that sums never overflow
constexpr int kSecondsDigits = 9;                         // more are beyond kMost anyway

bool all_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_digit);
}

std::optional<int> number(std::string_view text) {
  if (!all_digits(text)) return std::nullopt;
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{}) return std::nullopt;
  return value;
}

std::vector<std::string_view> words(std::string_view text) {
  constexpr std::string_view kSeparators = " ,-:";
  std::vector<std::string_view> out;
  while (true) {
    text.remove_prefix(std::min(text.find_first_not_of(kSeparators), text.size()));
    if (text.empty()) return out;
    const std::size_t end = std::min(text.find_first_of(kSeparators), text.size());
    out.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
}

std::optional<unsigned> month_number(std::string_view name) {
  constexpr std::array<std::string_view, 12> kNames{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto found = std::ranges::find(kNames, name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<unsigned>(found - kNames.begin()) + 1;
}

// RFC 9110 section 5.6.7: two digits name the latest such year that is at most 50 years ahead.
int full_year(std::string_view text, int year, Instant now) {
  if (text.size() != 2) return year;
  const std::chrono::year_month_day today{std::chrono::floor<std::chrono::days>(now)};
  const int latest = static_cast<int>(today.year()) + 50;
  const int candidate = latest - latest % 100 + year;
  return candidate > latest ? candidate - 100 : candidate;
}

struct DateWords {
  std::string_view day, month, year, hour, minute, second;
};

// The forms differ in their separators and in the place of the year:
//   Sun, 06 Nov 1994 08:49:37 GMT · Sunday, 06-Nov-94 08:49:37 GMT · Sun Nov  6 08:49:37 1994
std::optional<DateWords> date_words(std::string_view text) {
  const std::vector<std::string_view> w = words(text);
  if (w.size() == 8 && w[7] == "GMT") return DateWords{w[1], w[2], w[3], w[4], w[5], w[6]};
  if (w.size() == 7) return DateWords{w[2], w[1], w[6], w[3], w[4], w[5]};
  return std::nullopt;
}

std::optional<Instant> parse_http_date(std::string_view text, Instant now) {
  const std::optional<DateWords> date = date_words(text);
  if (!date) return std::nullopt;
  const std::optional<int> day = number(date->day);
  const std::optional<unsigned> month = month_number(date->month);
  const std::optional<int> year = number(date->year);
  const std::optional<int> hour = number(date->hour);
  const std::optional<int> minute = number(date->minute);
  const std::optional<int> second = number(date->second);
  if (!day || !month || !year || !hour || !minute || !second) return std::nullopt;
  if (date->year.size() > 4 || *day > 31 || *hour > 23 || *minute > 59 || *second > 60) {
    return std::nullopt;
  }
  const std::chrono::year_month_day ymd{std::chrono::year{full_year(date->year, *year, now)},
                                        std::chrono::month{*month},
                                        std::chrono::day{static_cast<unsigned>(*day)}};
  if (!ymd.ok()) return std::nullopt;
  return Instant{sys_days{ymd}} + std::chrono::hours{*hour} + std::chrono::minutes{*minute} +
         std::chrono::seconds{*second};
}

}  // namespace

std::optional<Millis> parse_retry_after(std::string_view value, Instant now) {
  constexpr std::string_view kBlank = " \t";
  value.remove_prefix(std::min(value.find_first_not_of(kBlank), value.size()));
  value = value.substr(0, value.find_last_not_of(kBlank) + 1);
  if (all_digits(value)) {
    value.remove_prefix(std::min(value.find_first_not_of('0'), value.size()));
    if (value.size() > kSecondsDigits) return kMost;
    return std::min<Millis>(std::chrono::seconds{number(value).value_or(0)}, kMost);
  }
  const std::optional<Instant> date = parse_http_date(value, now);
  if (!date) return std::nullopt;
  return std::clamp<Millis>(*date - now, Millis{0}, kMost);
}

}  // namespace jobsched
