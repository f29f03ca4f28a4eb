#include "cmd/id_text.h"

#include <string>
#include <string_view>

#include <doctest/doctest.h>

namespace jobsched::cmd {

TEST_CASE("a list arrives in any pieces and leaves as whole lines") {
  const std::string list = "aa,bb,cc";
  for (std::size_t size = 1; size <= list.size(); ++size) {
    CAPTURE(size);
    IdLines lines;
    std::string printed;
    for (std::size_t i = 0; i < list.size(); i += size) {
      printed += lines.feed(std::string_view(list).substr(i, size));
      CHECK((printed.empty() || printed.ends_with('\n')));
    }
    CHECK(printed == "aa\nbb\n");
    CHECK(printed + lines.finish() == "aa\nbb\ncc\n");
  }
}

TEST_CASE("an empty list is no line, and a line end of the server's is not an id") {
  IdLines empty;
  CHECK(empty.finish().empty());
  IdLines lines;
  CHECK(lines.feed("aa\n").empty());
  CHECK(lines.finish() == "aa\n");
}

}  // namespace jobsched::cmd
