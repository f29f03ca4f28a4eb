#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/time/instant.h"

namespace jobsched::test {

// The instant written as 2026-06-01T00:00:00Z. Throws on anything else, so a test cannot pass on a
// typing mistake.
Instant instant(std::string_view text);

// The same way back; whole seconds only.
std::string text_of(Instant instant);
std::string text_of(std::chrono::sys_seconds instant);

// "NONE" for none.
std::string text_of(const std::optional<Instant>& instant);

// Joined by commas; "NONE" for none.
std::string text_of(const std::vector<Instant>& instants);

}  // namespace jobsched::test
