#include <doctest/doctest.h>

#include "cmd/patience.h"

namespace jobsched::cmd {

TEST_CASE("pauses grow up to five seconds, and begin anew") {
  Pace pace;
  Millis last{100};
  for (int i = 0; i < 20; ++i) {
    const Millis next = pace.next();
    CHECK(next >= last);
    CHECK(next <= last * 3 / 2);
    last = next;
  }
  CHECK(last == Millis{5'000});
  pace.reset();
  CHECK(pace.next() == Millis{150});
}

}  // namespace jobsched::cmd
