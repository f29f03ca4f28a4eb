#pragma once

#include <span>
#include <string>

#include "core/delivery/log.h"

namespace jobsched::cmd {

// How the columns of a line are set apart: with blanks, for people, or with single tabs.
enum class Columns { kAligned, kTabs };

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
std::string log_text(std::span<const LoggedDelivery> deliveries, Columns columns);

// The last attempt of a delivery as a sentence: "attempt 2: 503 after 31ms, next at …Z: the
// endpoint answered 503". Requires: there is one.
std::string describe_last_attempt(const LoggedDelivery& logged);

}  // namespace jobsched::cmd
