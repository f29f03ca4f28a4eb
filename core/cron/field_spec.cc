#include "core/cron/field_spec.h"

#include <algorithm>

#include "core/cron/fields.h"

namespace jobsched::cron {

namespace {

char upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

}  // namespace

const FieldSpec& spec(Field field) {
  static constexpr int kAnyStep = kLastYear;
  static constexpr std::array<FieldSpec, kFieldCount> kSpecs{{
      {"seconds", 0, 59, 59, {}},
      {"minutes", 0, 59, 59, {}},
      {"hours", 0, 23, 23, {}},
      {"day of month", 1, 31, 31, {}},
      {"month", 1, 12, 12, kMonthNames},
      {"day of week", 1, 7, 7, kWeekdayNames},
      {"year", kFirstYear, kLastYear, kAnyStep, {}},
  }};
  return kSpecs[static_cast<std::size_t>(field)];
}

std::optional<int> value_of_name(Field field, std::string_view name) {
  const FieldSpec& s = spec(field);
  const auto same = [&](std::string_view candidate) {
    return std::ranges::equal(name, candidate, {}, upper);
  };
  const auto* const found = std::to_address(std::ranges::find_if(s.names, same));
  const auto index = found - s.names.data();
  if (index == std::ssize(s.names)) return {};
  return s.least + static_cast<int>(index);
}

std::string values_of(Field field) {
  const FieldSpec& s = spec(field);
  std::string text = std::to_string(s.least) + " to " + std::to_string(s.greatest);
  if (!s.names.empty()) {
    text.append(" or ").append(s.names.front()).append(" to ").append(s.names.back());
  }
  return text;
}

}  // namespace jobsched::cron
