#include "core/text/glob.h"

#include <cstddef>
#include <optional>

#include "core/text/utf8.h"

namespace jobsched {

namespace {

// Beyond Unicode, so that a byte that is no character equals none.
constexpr char32_t kBrokenBytes = 0x200000;

std::u32string characters(std::string_view text) {
  std::u32string all;
  while (!text.empty()) {
    const auto point = decode_utf8(text);
    all += point ? point->value : kBrokenBytes + static_cast<unsigned char>(text.front());
    text.remove_prefix(point ? point->length : 1);
  }
  return all;
}

struct Step {
  bool matches;
  std::size_t length;  // of the part of the pattern that stands for one character
};

// The set at the front of `pattern`, which begins with its `[`; absent if it is never closed. A `]`
// that comes first is one of the set.
std::optional<Step> match_set(std::u32string_view pattern, char32_t c) {
  std::size_t i = 1;
  const bool negated = i < pattern.size() && (pattern[i] == U'!' || pattern[i] == U'^');
  if (negated) ++i;
  bool found = false;
  for (const std::size_t first = i; i < pattern.size(); ++i) {
    if (pattern[i] == U']' && i > first) return Step{found != negated, i + 1};
    const char32_t low = pattern[i];
    char32_t high = low;
    if (i + 2 < pattern.size() && pattern[i + 1] == U'-' && pattern[i + 2] != U']') {
      i += 2;
      high = pattern[i];
    }
    found = found || (low <= c && c <= high);
  }
  return std::nullopt;
}

// Requires: `pattern` is not empty and does not begin with `*`.
Step match_one(std::u32string_view pattern, char32_t c) {
  if (pattern.front() == U'?') return {true, 1};
  if (pattern.front() == U'[') {
    if (const auto step = match_set(pattern, c)) return *step;
  }
  if (pattern.front() == U'\\' && pattern.size() > 1) return {pattern[1] == c, 2};
  return {pattern.front() == c, 1};
}

}  // namespace

Glob::Glob(std::string_view pattern) : text_(pattern), pattern_(characters(pattern)) {}

// A later `*` can take up whatever an earlier one would have to, so only the last one is gone back
// to.
bool Glob::matches(std::string_view text) const {
  const std::u32string name = characters(text);
  const std::u32string_view pattern = pattern_;
  std::size_t at = 0;
  std::size_t in_name = 0;
  std::optional<std::size_t> after_star;
  std::size_t star_end = 0;  // in the name: where what the star stands for ends
  while (in_name < name.size()) {
    if (at < pattern.size() && pattern[at] == U'*') {
      after_star = ++at;
      star_end = in_name;
      continue;
    }
    if (at < pattern.size()) {
      if (const Step step = match_one(pattern.substr(at), name[in_name]); step.matches) {
        at += step.length;
        ++in_name;
        continue;
      }
    }
    if (!after_star) return false;
    at = *after_star;
    in_name = ++star_end;
  }
  return pattern.find_first_not_of(U'*', at) == std::u32string_view::npos;
}

}  // namespace jobsched
