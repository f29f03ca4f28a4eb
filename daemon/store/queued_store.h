#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/error.h"
#include "daemon/store/commit_report.h"
#include "daemon/store/event_queue.h"
#include "daemon/store/store.h"

namespace jobsched {

// How a group of events ended.
struct GroupOutcome {
  std::optional<Error> failure = {};  // then no event has changed anything, or nobody can say
  bool wrote = false;                 // not if its events had nothing to change
};

// What the stores have in common: events are queued and carried out in groups, each in one
// transaction. When too much is queued, what changes jobs, secrets and accounts calls its `Done`
// with kUnavailable at once, on the thread of the caller. Events that are still queued when the
// store goes fail with kUnavailable.
class QueuedStore : public Store {
 public:
  // Called after each commit, before its events are answered, on the thread that commits.
  using Committed = std::function<void(const CommitReport&)>;

  ~QueuedStore() override;

  QueuedStore(const QueuedStore&) = delete;
  QueuedStore& operator=(const QueuedStore&) = delete;

  // How many jobs an account may have, 0: any number. Creating more fails with kForbidden; those
  // that it has already stay. Any thread.
  void set_jobs_per_account(std::uint64_t jobs) { jobs_per_account_ = jobs; }

  void create(Job job, Done<Created> done) override;
  void create_all(std::vector<Job> jobs, Done<std::vector<Created>> done) override;
  void create_once(IdempotencyKey key,
                   std::vector<Job> jobs,
                   Instant now,
                   Done<CreatedOnce> done) override;
  void replace(std::string account,
               JobId id,
               JobVersions expected,
               JobSpec spec,
               std::optional<Instant> next,
               Instant now,
               Done<void> done) override;
  void remove(
      std::string account, JobId id, JobVersions expected, Instant now, Done<void> done) override;
  void remove_all(std::string account,
                  std::vector<JobId> ids,
                  Instant now,
                  Done<std::vector<JobId>> done) override;
  void fire_now(std::string account, JobId id, Instant now, Done<LoggedDelivery> done) override;
  void pause(std::string account, JobId id, Done<Job> done) override;
  void resume(std::string account, JobId id, Instant now, Done<Job> done) override;
  void retry(std::string account,
             Delivery delivery,
             Instant now,
             Done<LoggedDelivery> done) override;
  void claim_due(Instant now,
                 std::size_t limit,
                 Millis misfire_threshold,
                 Claimant claimant,
                 Done<Claims> done) override;
  void record(std::vector<AttemptRecord> records, Done<void> done) override;
  void prune(Instant before, Done<Pruned> done) override;
  void rearm(Rearming rearming, Done<Rearmed> done) override;
  void rezone(Rezoning rezoning, Instant now, Done<Rezoned> done) override;
  void rotate_secret(std::string account,
                     SigningSecret secret,
                     Instant now,
                     Millis overlap,
                     Done<void> done) override;
  void remove_secrets(std::string account, Done<void> done) override;
  void add_account(std::string name, KeyHash key, Instant now, Done<void> done) override;
  void rotate_key(std::string name, KeyHash key, Done<void> done) override;
  void remove_account(AccountRemoval removal, Done<void> done) override;

  // Blocks until `stop_waiting` has been called, if other daemons may use the store too; else
  // returns at once. Meanwhile calls `on_news` when another one has stored what is due now. It may
  // miss some: look from time to time. Called by one thread only.
  virtual void await_news(const std::function<void()>& on_news);

  bool commit_group() override;
  void wait_for_events() override;
  void stop_waiting() override;

 protected:
  QueuedStore(Committed committed, std::uint64_t jobs_per_account);

  std::uint64_t jobs_per_account() const { return jobs_per_account_; }

 private:
  // Carries out the events in one transaction and gives each its result; on failure their results
  // mean nothing.
  virtual GroupOutcome commit(std::span<StoreEvent> events) = 0;

  // The events of the last commit have their answers.
  virtual void answered() {}

  void submit(StoreEvent event);

  Committed committed_;
  std::atomic<std::uint64_t> jobs_per_account_;
  EventQueue queue_;
};

}  // namespace jobsched
