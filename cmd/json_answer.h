#pragma once

#include <optional>
#include <string_view>

#include <nlohmann/json.hpp>

#include "core/limits.h"

namespace jobsched::cmd {

// A daemon's answer in JSON; absent if it is none, or is deeper than any of ours: such a one is not
// even built, as the library's destructor and writer recurse.
template <class Json = nlohmann::json>
std::optional<Json> parse_answer(std::string_view text) {
  bool too_deep = false;
  const auto keep = [&](int depth, typename Json::parse_event_t, const Json&) {
    too_deep = too_deep || depth > static_cast<int>(kMaxDocumentDepth);
    return !too_deep;
  };
  Json json = Json::parse(text, keep, false);
  if (too_deep || json.is_discarded()) return std::nullopt;
  return json;
}

}  // namespace jobsched::cmd
