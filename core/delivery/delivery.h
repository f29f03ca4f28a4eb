#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

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

// Reads that form; `attempt` stays 1. Absent if the text is not one.
std::optional<Delivery> parse_delivery_id(std::string_view text);

// What one attempt ended in.
enum class Outcome {
  kAccepted,     // a 2xx answer
  kRejected,     // any other answer
  kTimedOut,     // no complete answer in time
  kUnreachable,  // no connection, or it broke
  kBlocked,      // the target is not allowed; nothing was sent
  kInterrupted,  // the daemon stopped first; the attempt does not count
};

// Where an attempt failed: the error class of the attempt log.
enum class Fault {
  kNone,         // accepted
  kStatus,       // an answer came, but not a 2xx
  kDns,          // the host name could not be resolved
  kConnect,      // no connection could be made
  kTls,          // no secure connection could be made, or the certificate is not right
  kTimeout,      // no complete answer in time
  kConnection,   // the connection broke before the answer was complete
  kProtocol,     // what came was no HTTP/1 answer, or its headers were too long
  kBlocked,      // the target is not allowed
  kInterrupted,  // the daemon stopped first
};

// When the phases of an attempt were over, from its start; absent if it did not come to that, or
// had no need to: a connection that is used again has been resolved, made and secured before.
struct AttemptTimings {
  std::optional<Micros> dns;
  std::optional<Micros> connect;
  std::optional<Micros> tls;
  std::optional<Micros> first_byte;
  Micros total{};

  bool operator==(const AttemptTimings&) const = default;
};

// How an attempt went.
struct AttemptResult {
  Outcome outcome = Outcome::kUnreachable;
  int status = 0;                          // of the answer, 0 if there was none
  std::optional<Millis> retry_after = {};  // from the answer's Retry-After
  bool no_retry = false;                   // Jobsched-No-Retry: 1
  std::string error = {};                  // in words, empty on success
  Fault fault = Fault::kNone;
  AttemptTimings timings = {};
  std::string response = {};  // the first kMaxKeptResponse bytes of the answer's body
};

}  // namespace jobsched
