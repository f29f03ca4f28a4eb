#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/store/values.h"

namespace jobsched {

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

  // Stores a new job; its id must be new. If the account has a job of its name, replaces that one,
  // as `replace` does. kForbidden if there are accounts, and the job's is none of them: it was
  // removed while the job was on its way.
  virtual void create(Job job, Done<Created> done) = 0;

  // The same for many jobs in their order, all of them or none.
  virtual void create_all(std::vector<Job> jobs, Done<std::vector<Created>> done) = 0;

  // The same for a request that the account may send again: if it has created with this key before,
  // up to kIdempotencyPeriod ago, gives what became of that, and creates nothing. kInvalid if that
  // was another request.
  virtual void create_once(IdempotencyKey key,
                           std::vector<Job> jobs,
                           Instant now,
                           Done<CreatedOnce> done) = 0;

  // Puts `spec` and `next` in place of the job's own; the job keeps its id and account. An
  // outstanding delivery of the old definition ends as superseded. A new epoch begins if the clock
  // was set back so far that the job has fired at `next` before. kNotFound if the account has no
  // such job, kPreconditionFailed if it has none of the versions that are expected, kConflict if
  // another one has the name.
  virtual void replace(std::string account,
                       JobId id,
                       JobVersions expected,
                       JobSpec spec,
                       std::optional<Instant> next,
                       Instant now,
                       Done<void> done) = 0;

  // Deletes a job; its outstanding delivery ends as cancelled. kNotFound if the account has no such
  // job, kPreconditionFailed if it has none of the versions that are expected.
  virtual void remove(
      std::string account, JobId id, JobVersions expected, Instant now, Done<void> done) = 0;

  // The same for many jobs; gives, in the order asked for, the ids of those that the account does
  // not have. An id that is given again is one that it has no more.
  virtual void remove_all(std::string account,
                          std::vector<JobId> ids,
                          Instant now,
                          Done<std::vector<JobId>> done) = 0;

  // Fires a job at `now`, besides its schedule and also while it is paused, and gives the delivery,
  // which is due at its fire time: `now`, or the first millisecond after it that is no whole
  // second, as those of schedules are, nor the fire time of another delivery of the job. kNotFound
  // if the account has no such job; kConflict while a delivery of it is outstanding.
  virtual void fire_now(std::string account, JobId id, Instant now, Done<LoggedDelivery> done) = 0;

  // Pauses a job and gives it as it is then: it does not fire until it is resumed; an outstanding
  // delivery goes on. kNotFound if the account has no such job, kConflict if it has no fire time
  // left. A pause of the daemon's own becomes the user's.
  virtual void pause(std::string account, JobId id, Done<Job> done) = 0;

  // Lets a paused job go on and gives it as it is then: a recurring one with its first fire time
  // after `now`, a one-time job with its own, which may have come meanwhile. Others stay as they
  // are. kNotFound if the account has no such job; kConflict, the job still paused, if it would
  // never fire again or its time zone is missing.
  virtual void resume(std::string account, JobId id, Instant now, Done<Job> done) = 0;

  // Lets a delivery be attempted at `now` and gives it: one that waits for its backoff, or one that
  // was exhausted or superseded, which goes on with the next attempt and what its job says now, or
  // said when it was purged. kNotFound if the account has no such delivery; kConflict for any
  // other, if its job was deleted, or while another delivery of its job is outstanding.
  virtual void retry(std::string account,
                     Delivery delivery,
                     Instant now,
                     Done<LoggedDelivery> done) = 0;

  // Fires the jobs that are due at `now` and have no outstanding delivery, or skips them (`fire` in
  // core/delivery/lifecycle.h), at least as many as it can claim, and claims up to `limit`
  // deliveries that are due: new ones, those whose backoff has passed, and those whose lease
  // another instance let end. What goes to a target that the claimant calls full is fired, but put
  // off rather than claimed, and counts towards `limit` all the same. Those that came due first,
  // but when there are more than `limit`, a quarter of it is for the jobs that came due last: no
  // backlog delays what is due just now.
  virtual void claim_due(Instant now,
                         std::size_t limit,
                         Millis misfire_threshold,
                         Claimant claimant,
                         Done<Claims> done) = 0;

  // Records in the log how attempts ended and moves each delivery on; a delivery that ends takes
  // with it a job that has no further fire time. A record whose token is not of the live lease is
  // passed over: the delivery went to another, or its job is gone.
  virtual void record(std::vector<AttemptRecord> records, Done<void> done) = 0;

  // Forgets a bounded number of attempts that were recorded before `before`, the oldest first, and
  // with its last attempt what is kept of a purged job. Deliveries that are outstanding go on.
  virtual void prune(Instant before, Done<Pruned> done) = 0;

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
  // until now ends at `now + overlap`, any older one at once: at most two are in use. kForbidden as
  // for `create`.
  virtual void rotate_secret(
      std::string account, SigningSecret secret, Instant now, Millis overlap, Done<void> done) = 0;

  // Deletes the secrets of the account, if it has any: its callbacks are not signed any more.
  virtual void remove_secrets(std::string account, Done<void> done) = 0;

  // Gives an account a key, by its hash; it may be new, or have had jobs or secrets without one.
  // kConflict if it has a key.
  virtual void add_account(std::string name, KeyHash key, Instant now, Done<void> done) = 0;

  // Puts another key in place of the account's own, which ends at once. kNotFound if it has none.
  virtual void rotate_key(std::string name, KeyHash key, Done<void> done) = 0;

  // Deletes an account and all that it has: jobs, outstanding deliveries, log, secrets and
  // idempotency keys. What is in flight goes on, but nothing is recorded of it. kNotFound if it has
  // no key; kConflict if it is one that the removal does not allow for.
  virtual void remove_account(AccountRemoval removal, Done<void> done) = 0;

  // The accounts that have a key, in order of their names.
  virtual Result<std::vector<Account>> accounts() const = 0;

  // What `create_once` would give at `now` without creating anything; absent if it would create.
  // kInvalid as there.
  virtual Result<std::optional<CreatedOnce>> find_created(const IdempotencyKey& key,
                                                          Instant now) const = 0;

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

  // A delivery with its attempts, outstanding or in the log; absent if the account has none of that
  // key. `delivery.attempt` does not matter.
  virtual Result<std::optional<LoggedDelivery>> find_delivery(std::string_view account,
                                                              const Delivery& delivery) const = 0;

  // The account's deliveries that pass the filter, at most `limit`: those that come after `after`,
  // if it is given, in this order: by their latest change, the newest first; those of one job by
  // their fire times; those that wait or are in flight, asked for by state, by job and fire time,
  // each from the latest down. A delivery is in the whole list once something has become of it: an
  // attempt has ended, or it has.
  virtual Result<std::vector<LoggedDelivery>> deliveries(std::string_view account,
                                                         const DeliveryFilter& filter,
                                                         std::optional<Delivery> after,
                                                         std::size_t limit) const = 0;

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
