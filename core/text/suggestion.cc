#include "core/text/suggestion.h"

#include <algorithm>
#include <cstddef>
#include <optional>

#include "core/text/ascii.h"
#include "core/text/nearest.h"

namespace jobsched {

namespace {

// Shorter texts are the beginning of, or close to, too much.
constexpr std::size_t kMinText = 2;
constexpr std::size_t kMinBeginning = 3;

std::optional<std::string_view> begun(std::string_view text,
                                      std::span<const std::string_view> names) {
  if (text.size() < kMinBeginning) return std::nullopt;
  const std::string wanted = lower_case(text);
  const auto name = std::ranges::find_if(
      names, [&](std::string_view n) { return lower_case(n).starts_with(wanted); });
  if (name == names.end()) return std::nullopt;
  return *name;
}

}  // namespace

std::string did_you_mean(std::string_view text, std::span<const std::string_view> names) {
  if (text.size() < kMinText) return {};
  auto name = begun(text, names);
  if (!name) name = nearest_name(text, names);
  if (!name) return {};
  return "; did you mean \"" + std::string(*name) + "\"?";
}

}  // namespace jobsched
