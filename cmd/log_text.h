#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "core/delivery/log.h"

namespace jobsched::cmd {

enum class LogLayout {
  kTabs,     // a line each, the columns between single tabs: for programs
  kAligned,  // a line each, the columns aligned: for people with a wide terminal
  kNarrow,   // two lines each, the second one a sentence: for the others
};

// The layout for a terminal of so many columns; absent: for no terminal.
LogLayout log_layout(std::optional<std::size_t> width);

// The log of deliveries in the order of time: a line for each attempt, and one for what no attempt
// has brought about: an end as skipped, superseded or cancelled, or that nothing has happened yet.
// The columns, `-` where one does not apply:
//
//   time        when the attempt began, or the delivery ended; UTC, as all times
//   delivery    its id; the first 36 characters are those of the job
//   fire time
//   attempt     its number
//   result      the status of the answer, or where the attempt failed: "503", "timeout"
//   duration    "31ms", "1.5s"
//   what follows from it: "accepted", "next at 2026-12-01T15:30:05Z", "exhausted: REASON"
//   error       in words
//
// On a narrow terminal the first line has the time and the delivery, the second one the rest but
// for the fire time: "    attempt 1: 503 after 31ms, next at …Z: the endpoint answered 503".
std::string log_text(std::span<const LoggedDelivery> deliveries, LogLayout layout);

// The last attempt of a delivery as a sentence: "attempt 2: 503 after 31ms, next at …Z: the
// endpoint answered 503". Requires: there is one.
std::string describe_last_attempt(const LoggedDelivery& logged);

}  // namespace jobsched::cmd
