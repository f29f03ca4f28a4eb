#pragma once

#include <string>

#include "core/cron/fields.h"

namespace jobsched::cron {

// The one way to write these fields that every expression with the same fields has in common: `*`
// for a full field, else numbers in order and ranges of three or more; no names and no steps, the
// year only if it is restricted. `parse_fields` reads it back to the same fields. It may be longer
// than an expression is allowed to be.
std::string canonical(const Fields& fields);

}  // namespace jobsched::cron
