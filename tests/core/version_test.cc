#include "core/version.h"

#include <algorithm>

#include <doctest/doctest.h>

TEST_CASE("the version has three numbers") {
  const std::string_view text = jobsched::version();
  CHECK(std::count(text.begin(), text.end(), '.') == 2);
}
