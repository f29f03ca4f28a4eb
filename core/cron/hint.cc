#include "core/cron/hint.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>
#include <vector>

#include "core/cron/parse.h"
#include "core/text/ascii.h"

namespace jobsched::cron {

namespace {

using Texts = std::vector<std::string>;

constexpr auto kDayOfMonth = static_cast<std::size_t>(Field::kDayOfMonth);
constexpr auto kDayOfWeek = static_cast<std::size_t>(Field::kDayOfWeek);

std::string join(const Texts& fields) {
  std::string text;
  for (const std::string& field : fields) {
    if (!text.empty()) text += ' ';
    text += field;
  }
  return text;
}

// A hint that would be refused in its turn is worse than none.
std::string write_instead(const Texts& fields) {
  const std::string text = join(fields);
  return parse_fields(text) ? ": write `" + text + "`" : "";
}

// The same days of the week in this dialect, by name; absent if they are more than single days and
// ranges of them.
std::optional<std::string> translate_unix_weekdays(std::string_view text) {
  if (text == "0-7") return "*";
  std::string translated;
  bool in_suffix = false;  // a step, or the count after `#`
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    in_suffix = c == '/' || c == '#' || (in_suffix && is_digit(c));
    if (in_suffix || !is_digit(c)) {
      translated += c;
      continue;
    }
    if (c > '7' || (i + 1 < text.size() && is_digit(text[i + 1]))) return {};
    translated += kWeekdayNames[static_cast<std::size_t>(c - '0') % kWeekdayNames.size()];
  }
  return translated;
}

// "*/11" as "*/12", where the field has 60 values; other texts as they are.
std::string with_even_step(std::string_view text, int values) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos || text.find(',') != std::string_view::npos) {
    return std::string(text);
  }
  int step = 0;
  std::from_chars(text.data() + slash + 1, text.data() + text.size(), step);
  while (step > 0 && values % step != 0)
    ++step;
  const std::string_view start = text.substr(0, slash);
  if (step == values) return std::string(start == "*" ? "0" : start);
  return std::string(start) + '/' + std::to_string(step);
}

}  // namespace

std::string hint_for_macro(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kMacros{{
      {"@yearly", "0 0 0 1 1 ?"},
      {"@annually", "0 0 0 1 1 ?"},
      {"@monthly", "0 0 0 1 * ?"},
      {"@weekly", "0 0 0 ? * SUN"},
      {"@daily", "0 0 0 * * ?"},
      {"@midnight", "0 0 0 * * ?"},
      {"@hourly", "0 0 * * * ?"},
  }};
  for (const auto& [name, expression] : kMacros) {
    if (name == text) return ": write `" + std::string(expression) + "`";
  }
  return ": write the six fields, e.g. `0 0 0 * * ?` for every midnight";
}

std::string hint_for_unix(const std::array<std::string_view, 5>& fields) {
  const std::string_view of_month = fields[2];
  const std::string_view of_week = fields[4];
  const auto with_days = [&](std::string_view days_of_month, std::string_view days_of_week) {
    return Texts{"0",
                 std::string(fields[0]),
                 std::string(fields[1]),
                 std::string(days_of_month),
                 std::string(fields[3]),
                 std::string(days_of_week)};
  };
  if (of_week == "*" || of_week == "?") {
    return write_instead(with_days(of_month == "?" ? "*" : of_month, "?"));
  }
  const std::optional<std::string> weekdays = translate_unix_weekdays(of_week);
  if (!weekdays) return "";
  if (of_month == "*" || of_month == "?") return write_instead(with_days("?", *weekdays));
  const std::string by_month = join(with_days(of_month, "?"));
  const std::string by_week = join(with_days("?", *weekdays));
  if (!parse_fields(by_month) || !parse_fields(by_week)) return "";
  return ": make two jobs, `" + by_month + "` and `" + by_week + "`";
}

std::string hint_for_days(std::span<const std::string_view> fields) {
  const Texts given(fields.begin(), fields.end());
  Texts by_month = given;
  by_month[kDayOfWeek] = "?";
  Texts by_week = given;
  by_week[kDayOfMonth] = "?";
  if (given[kDayOfMonth] == "?") {
    by_month[kDayOfMonth] = "*";
    return write_instead(by_month);
  }
  if (given[kDayOfWeek] == "*") return write_instead(by_month);
  if (given[kDayOfMonth] == "*") return write_instead(by_week);
  return ": choose `" + join(by_month) + "` or `" + join(by_week) + "`, or make a job of each";
}

std::string hint_for_value(Field field, int value) {
  if (field == Field::kSeconds && value == 60) return "; the next minute begins with 0";
  if (field == Field::kMinutes && value == 60) return "; the next hour begins with 0";
  if (field == Field::kHours && value == 24) return "; midnight is 0";
  if (field == Field::kDayOfWeek && value == 0) return "; Sunday is 1 or SUN";
  if (field == Field::kYear && value < 100) return "; write all four digits";
  return "";
}

std::string hint_for_step(Field field, int step) {
  if (field == Field::kSeconds && step == 60) return "; for every minute write 0 here";
  if (field == Field::kMinutes && step == 60) return "; for every hour write 0 here";
  if (field == Field::kHours && step == 24) return "; for every day write 0 here";
  if (field == Field::kMinutes && step % 60 == 0 && step / 60 < 24) {
    return "; write 0 here and */" + std::to_string(step / 60) + " in hours";
  }
  return "";
}

std::string hint_for_name(Field field, std::string_view word) {
  const auto names = spec(field).names;
  if (names.empty()) {
    const bool named = value_of_name(Field::kMonth, word).has_value() ||
                       value_of_name(Field::kDayOfWeek, word).has_value();
    return named ? "; names belong in month and day of week" : "";
  }
  if (word.size() > 3) {
    if (const auto value = value_of_name(field, word.substr(0, 3))) {
      const auto index = static_cast<std::size_t>(*value - spec(field).least);
      return "; names have three letters: " + std::string(names[index]);
    }
  }
  const auto letters_shared = [&](std::string_view name) {
    return std::ranges::count_if(name, [&](char letter) {
      return word.find(letter) != std::string_view::npos ||
             word.find(static_cast<char>(letter - 'A' + 'a')) != std::string_view::npos;
    });
  };
  const auto nearest = std::ranges::max_element(names, {}, letters_shared);
  const auto most = letters_shared(*nearest);
  if (most < 2 || std::ranges::count(names, most, letters_shared) > 1) return "";
  return "; did you mean " + std::string(*nearest) + "?";
}

std::string with_even_steps(std::string_view expression) {
  constexpr std::array kValues{60, 60, 24};
  Texts fields;
  for (std::size_t at = 0; at < expression.size();) {
    const std::size_t end = std::min(expression.find_first_of(" \t", at), expression.size());
    if (end > at) {
      const std::string_view field = expression.substr(at, end - at);
      const bool counts = fields.size() < kValues.size();
      fields.push_back(counts ? with_even_step(field, kValues.at(fields.size()))
                              : std::string(field));
    }
    at = end + 1;
  }
  return join(fields);
}

}  // namespace jobsched::cron
