#pragma once

#include <span>

namespace jobsched {

// A range of Unicode characters, both ends included.
struct CharacterRange {
  char32_t first;
  char32_t last;
};

// The characters beyond ASCII that take two columns of a terminal, in order: those whose
// East_Asian_Width is W or F.
std::span<const CharacterRange> wide_characters();

// Those that take none, in order: marks that are put on the character before (categories Mn, Me),
// format characters (Cf) but those that are seen, the vowels and finals that follow a Hangul
// initial.
std::span<const CharacterRange> zero_width_characters();

}  // namespace jobsched
