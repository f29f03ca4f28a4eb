#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"

namespace jobsched {

// The parameters of a request's query, checked as a whole: one that means nothing to the call, or
// is there twice, would be passed over, and with it what was meant by it.
class Query {
 public:
  // Reads a raw query, in which a parameter may have one of the names `known`, once; without `=`
  // its value is empty. Errors: kMalformed; of an unknown name the detail says the nearest known
  // one.
  static Result<Query> read(std::string_view raw, std::span<const std::string_view> known);

  // The value of a parameter, decoded; absent if it is not there.
  std::optional<std::string> find(std::string_view name) const;

 private:
  struct Parameter {
    std::string name;
    std::string value;
  };

  std::vector<Parameter> parameters_;
};

// The number of a parameter `limit`, from 1 to `most`. Errors: kMalformed.
Result<std::size_t> parse_limit(std::string_view text, std::size_t most);

}  // namespace jobsched
