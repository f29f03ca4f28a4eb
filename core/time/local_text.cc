#include "core/time/local_text.h"

#include <array>
#include <cstdio>

#include "core/time/iso8601.h"

namespace jobsched {

using std::chrono::seconds;

namespace {

constexpr std::array<std::string_view, 7> kWeekdays{"Sun", "Mon", "Tue", "Wed",
                                                    "Thu", "Fri", "Sat"};

std::string format_offset(seconds offset) {
  const std::chrono::hh_mm_ss parts{offset};
  std::array<char, 16> text{};
  std::snprintf(
      text.data(), text.size(), parts.seconds() == seconds{0} ? "%c%02d:%02d" : "%c%02d:%02d:%02d",
      parts.is_negative() ? '-' : '+', static_cast<int>(parts.hours().count()),
      static_cast<int>(parts.minutes().count()), static_cast<int>(parts.seconds().count()));
  return text.data();
}

}  // namespace

LocalText local_text(Instant instant, seconds offset) {
  const Instant shown = instant + offset;
  std::string text = format_instant(shown);
  text.pop_back();
  const std::chrono::weekday weekday{std::chrono::floor<std::chrono::days>(shown)};
  const std::size_t between = text.find('T');
  return {text.substr(0, between), text.substr(between + 1), format_offset(offset),
          kWeekdays[weekday.c_encoding()]};
}

std::string format_local(Instant instant, seconds offset) {
  const LocalText text = local_text(instant, offset);
  return text.date + 'T' + text.time + text.offset;
}

}  // namespace jobsched
