#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/job/id.h"
#include "core/time/instant.h"

namespace jobsched {

// The obligation to get one firing of a job accepted. Its key is the job's id, the fire time and
// the job's epoch; at most one delivery of a job is outstanding at any time.
struct Delivery {
  JobId job;
  Instant fire_time;
  std::uint32_t attempt = 1;  // the attempt that is due or under way, from 1
  std::uint32_t epoch = 0;    // of its job when it fired

  bool operator==(const Delivery&) const = default;
};

// The text form of the key: the `webhook-id` of every attempt. It has no `.`, which Standard
// Webhooks forbids: "<job id>_<fire time, ms since 1970>", with "_<epoch>" after it if the epoch is
// not 0.
std::string format_delivery_id(const Delivery& delivery);

// What one attempt ended in.
enum class Outcome {
  kAccepted,     // a 2xx answer
  kRejected,     // any other answer
  kTimedOut,     // no complete answer in time
  kUnreachable,  // no connection, or it broke
  kBlocked,      // the target is not allowed; nothing was sent
  kInterrupted,  // the daemon stopped first; the attempt does not count
};

// How an attempt went, as far as the life cycle needs to know.
struct AttemptResult {
  Outcome outcome = Outcome::kUnreachable;
  int status = 0;                     // of the answer, 0 if there was none
  std::optional<Millis> retry_after;  // from the answer's Retry-After
  bool no_retry = false;              // Jobsched-No-Retry: 1
  std::string error;                  // in words, empty on success
};

}  // namespace jobsched
