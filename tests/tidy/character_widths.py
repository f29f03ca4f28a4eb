"""The tables of core/text/character_widths.cc, made from the Unicode data of this Python.

    character_widths.py      prints the source; clang-format does the rest
"""

import unicodedata

VERSION = unicodedata.unidata_version

# Where characters are wide before they are assigned.
IDEOGRAPHS = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x2FFFD),
              (0x30000, 0x3FFFD))
HANGUL_VOWELS_AND_FINALS = ((0x1160, 0x11FF), (0xD7B0, 0xD7FF))
SOFT_HYPHEN = 0xAD
# Of category Cf, but they are seen.
PREPENDED = {*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD}


def within(code, ranges):
    return any(first <= code <= last for first, last in ranges)


def width(code):
    """The columns that a character takes; None where it does not matter."""
    character = chr(code)
    category = unicodedata.category(character)
    if category in ("Cn", "Co", "Cs"):
        return 2 if within(code, IDEOGRAPHS) else None
    if code == SOFT_HYPHEN or code in PREPENDED:
        return 1
    if category in ("Mn", "Me", "Cf") or within(code, HANGUL_VOWELS_AND_FINALS):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1


def ranges(columns):
    """The ranges of characters that take so many, as few as can be."""
    found, begun, last = [], None, None
    for code in range(0x80, 0x110000):
        taken = width(code)
        if taken == columns:
            begun, last = begun or code, code
        elif taken is not None and begun:
            found.append((begun, last))
            begun = None
    return found + ([(begun, last)] if begun else [])


def table(name, columns):
    rows = ", ".join(f"{{0x{first:04X}, 0x{last:04X}}}" for first, last in ranges(columns))
    return f"constexpr CharacterRange {name}[] = {{{rows}}};\n"


def source():
    return f"""#include "core/text/character_widths.h"

namespace jobsched {{

namespace {{

// Made by tests/tidy/character_widths.py from Unicode {VERSION}.
{table("kWide", 2)}
{table("kZeroWidth", 0)}
}}  // namespace

std::span<const CharacterRange> wide_characters() {{
  return kWide;
}}

std::span<const CharacterRange> zero_width_characters() {{
  return kZeroWidth;
}}

}}  // namespace jobsched
"""


if __name__ == "__main__":
    print(source(), end="")
