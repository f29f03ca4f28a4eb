#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/text/suggestion.h"
#include "core/text/utf8.h"
#include "core/time/instant.h"
#include "daemon/settings/settings.h"

namespace jobsched {

// The kinds of values that settings have. Each is read into a variable, which keeps what it was if
// the text is no such value; what is wrong with it is said, and what would be right.
using ValueFault = std::optional<std::string>;

ValueFault read_number(std::string_view text,
                       std::size_t least,
                       std::size_t most,
                       std::size_t& number);

// Bytes, as of `parse_size`.
ValueFault read_size(std::string_view text, std::size_t least, std::size_t most, std::size_t& size);

// A length of time, as of `parse_duration`.
ValueFault read_duration(std::string_view text, Millis least, Millis most, Millis& length);
ValueFault read_duration(std::string_view text,
                         Millis least,
                         Millis most,
                         std::chrono::seconds& length);

// Only a leading ~/ is expanded: the file is not a shell script, and $ is a legal letter of a path.
ValueFault read_path(std::string_view text, const Environment& environment, std::string& path);

// The words of a setting that has few values.
template <class Value, std::size_t kCount>
using ValueNames = std::array<std::pair<std::string_view, Value>, kCount>;

template <class Value, std::size_t kCount>
ValueFault read_name(std::string_view text, const ValueNames<Value, kCount>& names, Value& value) {
  std::vector<std::string_view> right;
  std::string list;
  for (const auto& [name, meaning] : names) {
    if (name == text) {
      value = meaning;
      return {};
    }
    right.push_back(name);
    list += (list.empty() ? "" : right.size() == kCount ? " or " : ", ") + std::string(name);
  }
  return quote(text) + " is not " + list + did_you_mean(text, right);
}

// Requires: `value` is in `names`.
template <class Value, std::size_t kCount>
std::string_view name_of(Value value, const ValueNames<Value, kCount>& names) {
  return std::ranges::find(names, value, &std::pair<std::string_view, Value>::second)->first;
}

}  // namespace jobsched
