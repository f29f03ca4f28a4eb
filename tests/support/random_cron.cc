#include "tests/support/random_cron.h"

#include <algorithm>

namespace jobsched::test {

int RandomCron::number(int least, int greatest) {
  // Not a standard distribution: those differ from library to library.
  const auto size = static_cast<std::uint64_t>(greatest - least + 1);
  return least + static_cast<int>(generator_() % size);
}

std::string RandomCron::item(const Values& values) {
  const auto value = [&] { return std::to_string(number(values.least, values.greatest)); };
  const auto step = [&] {
    return "/" + std::to_string(number(1, std::min(values.greatest - values.least, 59)));
  };
  const auto range = [&] {
    int first = number(values.least, values.greatest);
    int last = number(values.least, values.greatest);
    if (!values.wraps && first > last) std::swap(first, last);
    return std::to_string(first) + "-" + std::to_string(last);
  };
  switch (number(0, 8)) {
    case 0: return "*" + step();
    case 1: return step();
    case 2: return value() + step();
    case 3: return range();
    case 4: return range() + step();
    default: return value();
  }
}

std::string RandomCron::list(const Values& values) {
  std::string text = item(values);
  while (one_in(3))
    text += "," + item(values);
  return text;
}

std::string RandomCron::day_of_month() {
  const auto offset = [&] { return one_in(2) ? "" : "-" + std::to_string(number(0, 30)); };
  const auto one = [&]() -> std::string {
    switch (number(0, 5)) {
      case 0: return "L" + offset();
      case 1: return "L" + offset() + "W";
      case 2: return std::to_string(number(1, 31)) + "W";
      default: return item({1, 31});
    }
  };
  std::string text = one();
  while (one_in(3))
    text += "," + one();
  return text;
}

std::string RandomCron::day_of_week() {
  constexpr const char* kNames[] = {"SUN", "mon", "TUE", "Wed", "THU", "FRI", "sat"};
  switch (number(0, 6)) {
    case 0: return "L";
    case 1: return std::to_string(number(1, 7)) + "L";
    case 2: return std::to_string(number(1, 7)) + "#" + std::to_string(number(1, 5));
    case 3: return kNames[number(0, 6)] + std::string("-") + kNames[number(0, 6)];
    case 4: return kNames[number(0, 6)];
    default: return list({1, 7});
  }
}

std::string RandomCron::day_fields() {
  const std::string months = one_in(2) ? "*" : list({1, 12});
  switch (number(0, 4)) {
    case 0: return "* " + months + " ?";
    case 1: return "? " + months + " " + day_of_week();
    case 2: return "? " + months + " *";
    default: return day_of_month() + " " + months + " ?";
  }
}

std::string RandomCron::time_fields() {
  return (one_in(4) ? "*" : list({0, 59})) + " " + (one_in(3) ? "*" : list({0, 23}));
}

std::string RandomCron::expression() {
  std::string text = one_in(2) ? "0" : one_in(4) ? "*" : list({0, 59});
  text += " " + time_fields() + " " + day_fields();
  if (one_in(4)) text += " " + list({1970, 2199, false});
  return text;
}

std::string RandomCron::near_noon() {
  std::string seconds = "0";
  std::string minutes = "0";
  std::string hours = "12";
  std::string days = "* * ?";
  std::string years;
  for (int changes = number(1, 2); changes > 0; --changes) {
    switch (number(0, 4)) {
      case 0: seconds = item({0, 59}); break;
      case 1: minutes = item({0, 59}); break;
      case 2: hours = list({0, 23}); break;
      case 3: days = day_fields(); break;
      default: years = " " + item({1970, 2199, false});
    }
  }
  return seconds + " " + minutes + " " + hours + " " + days + years;
}

std::string RandomCron::by_the_minute() {
  return "0 " + time_fields() + " " + day_fields();
}

}  // namespace jobsched::test
