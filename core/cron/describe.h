#pragma once

#include <string>

#include "core/cron/fields.h"

namespace jobsched::cron {

// What the fields say, in words: when in the day, on which days, in which years. Two expressions
// with the same words have the same fire times.
std::string describe(const Fields& fields);

}  // namespace jobsched::cron
