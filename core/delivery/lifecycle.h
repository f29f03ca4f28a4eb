#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/delivery/delivery.h"
#include "core/job/job.h"
#include "core/time/instant.h"

namespace jobsched {

// The life of a delivery, decided without doing anything:
//
//                 claim                  2xx
//   (fire) ─► waiting ───► leased ─┬──────────────► accepted
//                ▲                 ├─ 410, blocked, no-retry, last attempt ─► exhausted
//                │                 ├─ the job's next fire time has come ────► superseded
//                └── backoff ──────┘
//                └── interrupted: the same attempt again, at once
//
// accepted, exhausted and superseded are terminal.

// The delays between attempts: attempt n + 1 follows attempt n after delays[n - 1], ±20 %. There
// are delays.size() + 1 attempts.
struct Backoff {
  std::vector<Millis> delays;
};

// 5 s, 30 s, 2 m, 10 m, 30 m, 2 h, 5 h, 10 h.
Backoff default_backoff();

// The backoff of a job with `retry`, where the daemon's is `usual`: as many attempts as it asks
// for, else one more than it has delays; where there are more attempts than that, the last delay
// repeats. Pure. Requires: `retry` was checked.
Backoff backoff_of(const Retry& retry, const Backoff& usual);

struct Accepted {};

struct Exhausted {
  std::string reason;
};

struct Superseded {};

struct RetryAt {
  Instant due;
  std::uint32_t attempt;
};

using Transition = std::variant<Accepted, Exhausted, Superseded, RetryAt>;

// What becomes of `delivery` after its attempt ended with `result` at `now`.
//   next_fire_time  of the job, absent for a one-time job: a retry that would not start before it
//                   is superseded by it
//   jitter          in [0, 1): where in the ±20 % the delay falls
// A Retry-After is a floor of the delay, itself at most 24 hours. No retry comes before the fire
// time, which lies ahead if the clock was set back meanwhile. Pure.
Transition after_attempt(const Delivery& delivery,
                         const AttemptResult& result,
                         const Backoff& backoff,
                         std::optional<Instant> next_fire_time,
                         Instant now,
                         double jitter);

// How a due job fires.
struct Firing {
  std::optional<Instant> fire_time;         // of the delivery to make; absent if it is skipped
  std::optional<Instant> next;              // the job's next fire time after it
  std::optional<Instant> made_up_for = {};  // the first of the later fire times it stands for
};

// Fires `job`, whose next fire time has come at `now`. Found more than `misfire_threshold` late,
// it is a misfire: a recurring job fires once, with the earliest fire time it missed, for all that
// it missed, and goes on after `now`; a job that skips misfires only goes on. Otherwise the next
// fire time follows from the fire time, not from `now`. Pure, and bounded however many fire times
// were missed. Requires: job.next <= now.
Firing fire(const Job& job, Instant now, Millis misfire_threshold);

}  // namespace jobsched
