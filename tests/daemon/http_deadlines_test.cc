#include <doctest/doctest.h>

#include "daemon/http/deadlines.h"

namespace jobsched::http {

namespace {

SteadyTime at(int seconds) {
  return SteadyTime{std::chrono::seconds{seconds}};
}

}  // namespace

TEST_CASE("a deadline is reached when it has come and not before") {
  Deadlines deadlines;
  Deadline deadline;
  CHECK(deadlines.next() == kNever);
  deadlines.set(7, deadline, at(10));
  CHECK(deadlines.next() == at(10));
  CHECK_FALSE(deadlines.take(at(9)));
  CHECK(deadlines.take(at(10)) == 7);
  CHECK(deadlines.reached(7, deadline, at(10)));
  CHECK_FALSE(deadlines.take(at(100)));
}

TEST_CASE("a deadline that was moved later is looked at when it was, and waits on") {
  Deadlines deadlines;
  Deadline deadline;
  deadlines.set(7, deadline, at(10));
  deadlines.set(7, deadline, at(20));
  CHECK(deadlines.next() == at(10));
  CHECK(deadlines.take(at(10)) == 7);
  CHECK_FALSE(deadlines.reached(7, deadline, at(10)));
  CHECK(deadlines.next() == at(20));
}

TEST_CASE("a deadline that was moved earlier is reached earlier, once") {
  Deadlines deadlines;
  Deadline deadline;
  deadlines.set(7, deadline, at(20));
  deadlines.set(7, deadline, at(10));
  CHECK(deadlines.take(at(10)) == 7);
  CHECK(deadlines.reached(7, deadline, at(10)));
  CHECK(deadlines.next() == kNever);
}

TEST_CASE("a deadline moved to never is not queued again") {
  Deadlines deadlines;
  Deadline deadline;
  deadlines.set(7, deadline, at(10));
  deadlines.set(7, deadline, kNever);
  CHECK(deadlines.take(at(10)) == 7);
  CHECK_FALSE(deadlines.reached(7, deadline, at(10)));
  CHECK(deadlines.next() == kNever);
  deadlines.set(7, deadline, at(30));
  CHECK(deadlines.next() == at(30));
}

TEST_CASE("deadlines at one instant are all reached, the removed one not") {
  Deadlines deadlines;
  Deadline one;
  Deadline two;
  Deadline three;
  deadlines.set(1, one, at(10));
  deadlines.set(2, two, at(10));
  deadlines.set(3, three, at(10));
  deadlines.remove(2, two);
  CHECK(deadlines.take(at(11)) == 1);
  CHECK(deadlines.take(at(11)) == 3);
  CHECK_FALSE(deadlines.take(at(11)));
}

}  // namespace jobsched::http
