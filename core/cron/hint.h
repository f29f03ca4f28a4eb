#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>

#include "core/cron/field_spec.h"

namespace jobsched::cron {

// What to write instead of a classic mistake; the first ones as the end of an error's detail, empty
// if there is nothing better to say.

// For `@daily` and its like.
std::string hint_for_macro(std::string_view text);

// For five fields of Unix cron, which have no seconds, no `?` and count the days of the week from
// 0 (Sunday).
std::string hint_for_unix(const std::array<std::string_view, 5>& fields);

// For six or seven fields of which both or neither day field is `?`.
std::string hint_for_days(std::span<const std::string_view> fields);

// For a value out of the field's range.
std::string hint_for_value(Field field, int value);

// For a step that is too large.
std::string hint_for_step(Field field, int step);

// For a word that is none of the field's names.
std::string hint_for_name(Field field, std::string_view word);

// The expression with steps that come out even: those of seconds, minutes and hours start over at
// each full minute, hour and day, so that `*/11` fires at 55 and five later again. A step that does
// not divide its field is replaced by the next greater one that does. Requires: it is one.
std::string with_even_steps(std::string_view expression);

}  // namespace jobsched::cron
