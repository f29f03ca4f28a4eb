#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/delivery/lifecycle.h"
#include "core/delivery/signature.h"
#include "core/error.h"
#include "core/job/job.h"

namespace jobsched {

// Called once with what became of a write, after its commit is durable or has failed, on the
// thread that commits (at once on the caller's, if the write is turned away because too much is
// queued). It must not block and must not call the store's `commit_group`; it may submit further
// writes.
template <class T>
using Done = std::function<void(Result<T>)>;

// What a claim needs to know of its claimant.
struct Claimant {
  std::uint64_t instance;  // a number of this run of the daemon
  Millis lease;            // how long a claim holds
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

// What `claim_due` found.
struct Claims {
  std::vector<Claim> claims;  // by due time
  std::vector<Skipped> skipped = {};
  // When there is more to claim: the earliest fire time, end of a backoff, or end of a lease of
  // another instance. In the past if the limit left some. While a delivery of a job is outstanding
  // its next fire time need not count, and does not once it has come.
  std::optional<Instant> next_due = {};
};

// One attempt's end, and what follows from it.
struct AttemptRecord {
  JobId job;
  Instant fire_time;
  std::uint64_t token;
  AttemptResult result;
  Transition transition;
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

struct StoreCounts {
  std::uint64_t jobs = 0;
  std::optional<Instant> next_due;  // the earliest fire time or retry
};

// Ids of one account in order of creation, read from one snapshot: what is created or removed
// meanwhile does not show. Holds a read transaction; used by one thread at a time, and must go
// before the store does.
class JobIdCursor {
 public:
  virtual ~JobIdCursor() = default;

  // How many ids there are in all, known from the start.
  virtual std::uint64_t count() const = 0;

  // The next ids, at most `max`; empty at the end.
  virtual Result<std::vector<JobId>> next(std::size_t max) = 0;
};

// Where jobs and deliveries live. The methods that write are domain events: each is atomic, and
// durable (fsynced) when its `Done` is called with a value. They only queue the event and may be
// called from any thread; `commit_group` carries out what is queued, many in one transaction, in
// the order of the calls. The methods that read are synchronous, thread-safe, and see every commit
// that was announced before the call.
//
// Errors of any method: kUnavailable if the store cannot work just now (also when too much is
// queued), kStoreFull if the disk is full, kInternal for a fault that will not pass. An event that
// failed has changed nothing.
class Store {
 public:
  virtual ~Store() = default;

  // Stores a new job; its id must be new.
  virtual void create(Job job, Done<void> done) = 0;

  // Stores new jobs, all of them or none; their ids must be new.
  virtual void create_all(std::vector<Job> jobs, Done<void> done) = 0;

  // Puts `spec` and `next` in place of the job's own; the job keeps its id and account. An
  // outstanding delivery of the old definition ends as superseded. A new epoch begins if the clock
  // was set back so far that the job has fired at `next` before. kNotFound if the account has no
  // such job.
  virtual void replace(std::string account,
                       JobId id,
                       JobSpec spec,
                       std::optional<Instant> next,
                       Done<void> done) = 0;

  // Deletes a job and ends its outstanding delivery. kNotFound if the account has no such job.
  virtual void remove(std::string account, JobId id, Done<void> done) = 0;

  // The same for many jobs; gives, in the order asked for, the ids of those that the account does
  // not have. An id that is given again is one that it has no more.
  virtual void remove_all(std::string account,
                          std::vector<JobId> ids,
                          Done<std::vector<JobId>> done) = 0;

  // Fires the jobs that are due at `now` and have no outstanding delivery, or skips them (`fire` in
  // core/delivery/lifecycle.h), at least as many as it can claim, and claims up to `limit`
  // deliveries that are due: new ones, those whose backoff has passed, and those whose lease
  // another instance let end. Those that came due first, but when there are more than `limit`, a
  // quarter of it is for the jobs that came due last: no backlog delays what is due just now.
  virtual void claim_due(Instant now,
                         std::size_t limit,
                         Millis misfire_threshold,
                         Claimant claimant,
                         Done<Claims> done) = 0;

  // Records how attempts ended and moves each delivery on; a delivery that ends takes with it a
  // job that has no further fire time. A record whose token is not of the live lease is passed
  // over: the delivery went to another, or its job is gone.
  virtual void record(std::vector<AttemptRecord> records, Done<void> done) = 0;

  // Takes the recurring jobs of a time zone, a bounded number of them, to its present rules: each
  // that is waiting for a later time than `now` waits for its first fire time after `now` by these.
  // Without rules they are paused, with the reason; those that were paused so are resumed by rules,
  // and purged if they never fire again. What a user has paused stays so, and so do deliveries.
  // Call it again with `rest_after` until there is none: the last step notes the rules.
  virtual void rezone(Rezoning rezoning, Instant now, Done<Rezoned> done) = 0;

  // Takes jobs and deliveries, a bounded number of recurring jobs, to a clock that was set back:
  // moves each job's next fire time as core/job/rearm.h says, into a new epoch, and ends its
  // outstanding delivery if that is of a later time than the clock shows now. Deliveries that wait
  // for a retry go on waiting for as long as they had to, but not until before their fire time.
  // Call it again with `rest_after` until there is none.
  virtual void rearm(Rearming rearming, Done<Rearmed> done) = 0;

  // Gives the account, which may be new, another secret to sign its callbacks with. The newest
  // until now ends at `now + overlap`, any older one at once: at most two are in use.
  virtual void rotate_secret(
      std::string account, SigningSecret secret, Instant now, Millis overlap, Done<void> done) = 0;

  // Deletes the secrets of the account, if it has any: its callbacks are not signed any more.
  virtual void remove_secrets(std::string account, Done<void> done) = 0;

  // The secrets of the account that are in use at `now`, the newest first.
  virtual Result<std::vector<AccountSecret>> secrets(std::string_view account,
                                                     Instant now) const = 0;

  // The latest `now` of any `claim_due`, by up to a minute less, or what the last `rearm` has put
  // in its place; absent if nothing was ever claimed.
  virtual Result<std::optional<Instant>> last_claim() const = 0;

  // The zones of the recurring jobs, in order of their names. One whose last job is gone may still
  // be among them until it is rezoned.
  virtual Result<std::vector<ZoneInUse>> zones() const = 0;

  // The job, or absent if the account has no such job.
  virtual Result<std::optional<Job>> find(std::string_view account, JobId id) const = 0;

  // The account's ids, after `after` if given, in order of creation, at most `limit`.
  virtual Result<std::unique_ptr<JobIdCursor>> list(std::string_view account,
                                                    std::optional<JobId> after,
                                                    std::optional<std::uint64_t> limit) const = 0;

  virtual Result<StoreCounts> counts() const = 0;

  // Carries out the events queued so far, at most a bounded number, in one transaction, and calls
  // their `Done`s; says whether there were any. Called by one thread only.
  virtual bool commit_group() = 0;

  // Blocks until an event is queued or `stop_waiting` has been called.
  virtual void wait_for_events() = 0;

  // Lets `wait_for_events` return at once from now on. Any thread.
  virtual void stop_waiting() = 0;
};

}  // namespace jobsched
