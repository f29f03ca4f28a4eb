#include "cmd/json_array.h"

#include <cstddef>

#include "core/text/ascii.h"

namespace jobsched::cmd {

namespace {

// The position behind the string that begins at `quote`.
std::size_t end_of_string(std::string_view json, std::size_t quote) {
  for (std::size_t i = quote + 1; i < json.size(); ++i) {
    if (json[i] == '"') return i + 1;
    if (json[i] == '\\') ++i;
  }
  return json.size();
}

}  // namespace

std::optional<std::vector<std::string_view>> split_json_array(std::string_view json) {
  json = trim(json, is_space);
  if (json.size() < 2 || json.front() != '[' || json.back() != ']') return std::nullopt;
  json = trim(json.substr(1, json.size() - 2), is_space);
  std::vector<std::string_view> members;
  if (json.empty()) return members;
  std::size_t begin = 0;
  std::size_t depth = 0;
  for (std::size_t i = 0; i < json.size();) {
    const char c = json[i];
    if (c == '"') {
      i = end_of_string(json, i);
      continue;
    }
    if (c == '[' || c == '{') ++depth;
    if ((c == ']' || c == '}') && depth-- == 0) return std::nullopt;
    if (c == ',' && depth == 0) {
      members.push_back(trim(json.substr(begin, i - begin), is_space));
      begin = i + 1;
    }
    ++i;
  }
  const std::string_view last = trim(json.substr(begin), is_space);
  const bool comma_is_last = last.empty() && !members.empty() && !members.back().empty();
  if (!comma_is_last) members.push_back(last);
  return members;
}

}  // namespace jobsched::cmd
