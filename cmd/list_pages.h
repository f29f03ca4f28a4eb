#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/codec/format.h"
#include "core/error.h"

namespace jobsched::cmd {

// Makes one list of the pages in which the daemon gives it: in text an id a line, else one
// document.
class PageJoiner {
 public:
  explicit PageJoiner(Format format) : format_(format) {}

  // What can be printed after this page. Errors: kMalformed if it is no list.
  Result<std::string> add(std::string_view page);

  // What is left at the end of the list.
  std::string finish() const;

 private:
  Format format_;
  bool begun_ = false;
  bool has_items_ = false;
};

// The target of the next page by the header Link of a page; absent if it names none.
std::optional<std::string> next_page(std::string_view link);

}  // namespace jobsched::cmd
