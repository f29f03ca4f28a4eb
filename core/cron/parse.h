#pragma once

#include <cstddef>
#include <string_view>

#include "core/cron/field_spec.h"
#include "core/cron/fields.h"
#include "core/error.h"

namespace jobsched::cron {

// Parses an expression of any length; the errors are those of Expression::parse.
Result<Fields> parse_fields(std::string_view text);

// One field's text as it stands in an expression.
struct FieldText {
  Field field;
  std::string_view text;  // not empty, no blanks
  std::size_t offset;     // of the text in the expression
};

// Parses one field into `fields`. A `?` admits nothing and changes nothing: that exactly one of
// the day fields is one is the expression's rule, not the field's.
Result<void> parse_field(const FieldText& source, Fields& fields);

}  // namespace jobsched::cron
