#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/job/callback_fields.h"
#include "core/time/zone.h"
#include "daemon/store/values.h"

namespace jobsched {

// How a column holds what is more than one value. Pure; a text that is not of the form, as after
// damage to the disk, is absent.

// One header a line, "Name: value", each with its line end. Requires: they were checked, so that no
// name has a colon and nothing a line end.
std::string headers_column(const Headers& headers);
std::optional<Headers> parse_headers_column(std::string_view text);

// Seconds with blanks between them: "5 30 120".
std::string backoff_column(const std::vector<std::chrono::seconds>& backoff);
std::optional<std::vector<std::chrono::seconds>> parse_backoff_column(std::string_view text);

// The fingerprint of a zone's rules, absent if there are none.
std::optional<std::int64_t> rules_column(const Zone* rules);

// What became of jobs to create, in 17 bytes each: the id, and 1 if it took the place of another.
std::string created_column(const std::vector<Created>& jobs);
std::vector<Created> parse_created_column(std::string_view bytes);

}  // namespace jobsched
