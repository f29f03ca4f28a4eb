#pragma once

#include <cstdint>
#include <random>
#include <string>

namespace jobsched::test {

// Makes valid expressions of every form the dialect has, the same ones in every run.
class RandomCron {
 public:
  explicit RandomCron(std::uint64_t seed) : generator_(seed) {}

  std::string expression();

  // The same with the seconds 0 and no year, so that it can be compared minute by minute.
  std::string by_the_minute();

  // Noon every day with one or two fields changed: neighbours, many of them alike.
  std::string near_noon();

  // A field of seconds or minutes, and one of hours.
  std::string sixty() { return list({0, 59}); }

  std::string hours() { return list({0, 23}); }

  // A number from `least` to `greatest`.
  int number(int least, int greatest);

 private:
  struct Values {
    int least;
    int greatest;
    bool wraps = true;
  };

  bool one_in(int n) { return number(1, n) == 1; }

  std::string item(const Values& values);
  std::string list(const Values& values);
  std::string time_fields();
  std::string day_of_month();
  std::string day_of_week();
  std::string day_fields();

  std::mt19937_64 generator_;
};

}  // namespace jobsched::test
