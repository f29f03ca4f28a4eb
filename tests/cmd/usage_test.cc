#include "cmd/usage.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace jobsched::cmd {

TEST_CASE("words are made fit for CLI11") {
  using Words = std::vector<std::string>;
  CHECK(prepare({}) == Words{});
  CHECK(prepare({"help"}) == Words{"--help"});
  CHECK(prepare({"help", "add"}) == Words{"add", "--help"});
  CHECK(prepare({"help", "add", "list"}) == Words{"add", "--help"});
  CHECK(prepare({"get", "help"}) == Words{"get", "help"});
  CHECK(prepare({"add", "--data=", "x"}) == Words{"add", "--data", "", "x"});
  CHECK(prepare({"add", "--data=y", "x"}) == Words{"add", "--data=y", "x"});
  CHECK(prepare({"add", "--data=y="}) == Words{"add", "--data=y="});
  CHECK(prepare({"add", "--", "--data="}) == Words{"add", "--", "--data="});
}

}  // namespace jobsched::cmd
