#pragma once

#include <string>
#include <string_view>

namespace jobsched {

// A pattern as shells have them, for whole names: `*` stands for any characters, `?` for one,
// `[a-z]` for one of a set, `[!a-z]` for one that is not in it, and `\` takes the meaning from the
// character behind it. A `[` that is never closed stands for itself. Every text is a pattern, of
// UTF-8; a byte that is none counts as a character.
class Glob {
 public:
  explicit Glob(std::string_view pattern);

  // Takes time by the product of both lengths at most.
  bool matches(std::string_view text) const;

  // As given.
  const std::string& text() const { return text_; }

 private:
  std::string text_;
  std::u32string pattern_;
};

}  // namespace jobsched
