#include "daemon/descriptors.h"

#include <doctest/doctest.h>

namespace jobsched {

TEST_CASE("clients leave descriptors for attempts and for the store") {
  struct Row {
    std::size_t descriptors;
    std::size_t wanted;
    std::size_t attempts;
    std::size_t share;
  };

  constexpr Row kRows[] = {
      {1'000'000, 10'000, 1'024, 10'000},  // as many as wanted
      {20'000, 10'000, 1'024, 10'000},
      {11'088, 10'000, 1'024, 10'000},  // just enough
      {11'087, 10'000, 1'024, 9'999},
      {4'096, 10'000, 1'024, 3'008},
      {1'024, 10'000, 1'024, 448},  // half for attempts
      {1'024, 100, 1'024, 100},
      {1'024, 10'000, 1, 959},
      {64, 10'000, 1'024, 1},  // next to nothing, but not none
      {0, 10'000, 1'024, 1},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.descriptors);
    CAPTURE(row.attempts);
    CHECK(connection_share(row.descriptors, row.wanted, row.attempts) == row.share);
  }
}

TEST_CASE("a process may open as many files as its hard limit says") {
  const std::size_t most = raise_descriptor_limit();
  CHECK(most > 0);
  CHECK(raise_descriptor_limit() == most);
}

}  // namespace jobsched
