#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace jobsched::cron {

enum class Field : std::uint8_t {
  kSeconds,
  kMinutes,
  kHours,
  kDayOfMonth,
  kMonth,
  kDayOfWeek,
  kYear,
};

constexpr std::size_t kFieldCount = 7;

// What a field of an expression may hold.
struct FieldSpec {
  std::string_view name;  // as errors call it
  int least;
  int greatest;
  int greatest_step;                        // beyond it a step would name one value only
  std::span<const std::string_view> names;  // names[0] stands for `least`
};

const FieldSpec& spec(Field field);

constexpr std::array<std::string_view, 12> kMonthNames{"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                                       "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
constexpr std::array<std::string_view, 7> kWeekdayNames{"SUN", "MON", "TUE", "WED",
                                                        "THU", "FRI", "SAT"};

// The value that `name` stands for in the field, in any case.
std::optional<int> value_of_name(Field field, std::string_view name);

// What the field's values are, e.g. "1 to 12 or JAN to DEC".
std::string values_of(Field field);

}  // namespace jobsched::cron
