#include "tests/support/instants.h"

#include <cstdio>
#include <stdexcept>

namespace jobsched::test {

Instant instant(std::string_view text) {
  const std::string copy(text);
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  int length = 0;
  const int read = std::sscanf(copy.c_str(), "%4d-%2u-%2uT%2d:%2d:%2dZ%n", &year, &month, &day,
                               &hour, &minute, &second, &length);
  if (read != 6 || static_cast<std::size_t>(length) != copy.size()) {
    throw std::invalid_argument("not an instant: " + copy);
  }
  return std::chrono::sys_days{std::chrono::year{year} / std::chrono::month{month} /
                               std::chrono::day{day}} +
         std::chrono::hours{hour} + std::chrono::minutes{minute} + std::chrono::seconds{second};
}

std::string text_of(Instant instant) {
  const auto day = std::chrono::floor<std::chrono::days>(instant);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{std::chrono::floor<std::chrono::seconds>(instant - day)};
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                static_cast<int>(time.seconds().count()));
  return text;
}

std::string text_of(std::chrono::sys_seconds instant) {
  return text_of(Instant{instant});
}

std::string text_of(const std::optional<Instant>& instant) {
  return instant ? text_of(*instant) : "NONE";
}

std::string text_of(const std::vector<Instant>& instants) {
  if (instants.empty()) return "NONE";
  std::string text;
  for (const Instant instant : instants) {
    if (!text.empty()) text += ',';
    text += text_of(instant);
  }
  return text;
}

}  // namespace jobsched::test
