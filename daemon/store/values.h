#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/account/account.h"
#include "core/codec/job_version.h"
#include "core/delivery/lifecycle.h"
#include "core/delivery/log.h"
#include "core/delivery/signature.h"
#include "core/digest.h"
#include "core/error.h"
#include "core/job/job.h"

namespace jobsched {

// What a store takes and gives; see daemon/store/store.h.

// Called once with what became of a write, after its commit is durable or has failed, on the
// thread that commits (at once on the caller's, if the write is turned away because too much is
// queued). It must not block and must not call the store's `commit_group`; it may submit further
// writes.
template <class T>
using Done = std::function<void(Result<T>)>;

// What became of a job to create.
struct Created {
  JobId id;
  bool replaced = false;  // it took the place of the job of its name, whose id this is

  bool operator==(const Created&) const = default;
};

// What a client calls a request to create, so that it may be sent again (`Idempotency-Key`).
struct IdempotencyKey {
  std::string account;
  std::string key;
  Digest request;  // of all that says what is asked for

  bool operator==(const IdempotencyKey&) const = default;
};

// How long a request is known by its key.
constexpr Millis kIdempotencyPeriod = std::chrono::hours{24};

// What became of such a request.
struct CreatedOnce {
  std::vector<Created> jobs;
  Instant first;          // when it was carried out
  bool repeated = false;  // not now, but by an earlier request of that key

  bool operator==(const CreatedOnce&) const = default;
};

// Finer than a store keeps: a target may have thousands of places a second.
using FineInstant = std::chrono::sys_time<Micros>;

// A target that has as many claims waiting as it has a use for. What else falls due at it is put
// off: the first delivery until `last` and a slot, each further one by a slot more, but none beyond
// `latest`.
struct FullTarget {
  std::string target;  // as of `callback_target`
  FineInstant last;
  Micros slot;
  FineInstant latest;

  // Takes the next slot: until when one more delivery is put off.
  Instant take_slot() {
    last = std::min(last + slot, latest);
    return std::chrono::ceil<Millis>(last);
  }
};

// What a claim needs to know of its claimant.
struct Claimant {
  std::uint64_t instance;  // a number of this run of the daemon
  Millis lease;            // how long a claim holds, beside the timeout that a job has of its own
  std::vector<FullTarget> full = {};  // nothing is claimed that goes there
};

// A delivery claimed for one attempt: nobody else makes it until the lease ends.
struct Claim {
  Delivery delivery;
  std::uint64_t token = 0;  // fences the outcome: recording it needs the token of the live lease
  Job job;
  std::vector<SigningSecret> secrets = {};  // of its account, those in use; the newest first
};

// A misfire that its job does not make up for.
struct Skipped {
  JobId job;
  Instant fire_time;  // the first that was missed
};

// A delivery that is due later than it was, since its target is full.
struct Deferred {
  Delivery delivery;
  std::string target;
  Instant due;
};

// What `claim_due` found.
struct Claims {
  std::vector<Claim> claims;  // by due time
  std::vector<Deferred> deferred = {};
  std::vector<Skipped> skipped = {};
  std::uint64_t fired = 0;  // fire times that became deliveries, put off or not
  // When there is more to claim: the earliest fire time, end of a backoff, or end of a lease of
  // another instance. In the past if the limit left some. While a delivery of a job is outstanding
  // its next fire time need not count, and does not once it has come.
  std::optional<Instant> next_due = {};
};

// One attempt's end, and what follows from it.
struct AttemptRecord {
  Delivery delivery;  // as it was claimed
  std::uint64_t token;
  std::optional<Instant> started;  // absent if it was handed back before it began: no attempt
  Instant ended;
  AttemptResult result;
  Transition transition;
};

// What of the attempt log is asked for: each part that is there narrows it down.
struct DeliveryFilter {
  std::optional<JobId> job = {};
  std::optional<DeliveryState> state = {};
  std::optional<Instant> since = {};  // something happened to the delivery then or later
};

// What one step of `prune` has done.
struct Pruned {
  std::uint64_t attempts = 0;
  bool rest = false;  // there may be more: call it again
};

// What `rezone` is to do.
struct Rezoning {
  std::string zone;                   // the IANA name
  std::shared_ptr<const Zone> rules;  // null: this machine has no zone of that name
  std::optional<JobId> after = {};    // where the step before stopped
};

// What one step of `rezone` has done.
struct Rezoned {
  std::uint64_t moved = 0;  // jobs whose next fire time is another now
  std::uint64_t paused = 0;
  std::uint64_t resumed = 0;
  std::optional<Instant> next_due = {};  // the earliest next fire time it has set
  std::optional<JobId> rest_after = {};  // where the next step begins; absent when all is done
};

// What `rearm` is to do.
struct Rearming {
  Instant before;                   // where the clock was …
  Instant now;                      // … and where it was set back to
  std::optional<JobId> after = {};  // where the step before stopped
};

// What one step of `rearm` has done.
struct Rearmed {
  std::uint64_t jobs = 0;                // that go on with an earlier fire time
  std::optional<Instant> next_due = {};  // the earliest fire time or retry that it has set
  std::optional<JobId> rest_after = {};  // where the next step begins; absent when all is done
};

// A zone that recurring jobs are read in.
struct ZoneInUse {
  std::string name;
  // Of the rules by which their next fire times were computed; absent if there were none.
  std::optional<std::uint64_t> fingerprint;

  bool operator==(const ZoneInUse&) const = default;
};

// What `remove_account` is to do.
struct AccountRemoval {
  std::string name;
  bool with_jobs = false;  // also if it has jobs
  bool last_too = true;    // also if it is the only account: without any, everybody may come in
};

struct StoreCounts {
  std::uint64_t jobs = 0;
  std::optional<Instant> next_due = {};  // the earliest fire time or retry
  std::uint64_t instances = 1;           // daemons that share the store and are alive
};

}  // namespace jobsched
