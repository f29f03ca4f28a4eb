#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/attempt_ledger.h"
#include "tests/support/forwarding_store.h"

namespace jobsched::testing {

// Stands between a scheduler and its store and keeps an account of its own of what the store has
// promised, by plain arithmetic: jobs fire once, or every kPeriod. Whatever the store then answers
// is checked against it: no fire time is lost, early or fired twice, one delivery of a job is
// outstanding and one lease of it live, attempts go on from where they were, and what is terminal
// stays so. Told what the endpoints see and answer, it checks by an AttemptLedger that just what
// follows from that is recorded. Used by one thread.
class Witness final : public ForwardingStore {
 public:
  static constexpr Millis kPeriod = std::chrono::minutes{10};
  static constexpr Millis kMisfire = std::chrono::seconds{60};

  // `backoff` is that of the scheduler.
  Witness(Store& store, Backoff backoff) : ForwardingStore(store), attempts_(std::move(backoff)) {}

  // The daemon has died, and its successor opens `store`, which has all that was committed.
  void crash(Store& store);

  // As of AttemptLedger.
  void note_start(const std::string& webhook_id, std::uint32_t attempt, Instant now);

  void note_answer(const std::string& webhook_id,
                   std::uint32_t attempt,
                   const AttemptResult& result) {
    attempts_.note_answer(webhook_id, attempt, result);
  }

  void note_transition(const Delivery& delivery, const Transition& transition, Instant now) {
    attempts_.note_transition(delivery, transition, now);
  }

  // Deliveries that may be retried by hand, unless their jobs were deleted or are busy.
  std::vector<Delivery> to_retry() const;

  // At the end of a run in which everything went well at last: nothing is owed at `now`.
  void check_end(Instant now) const;

  void create(Job job, Done<Created> done) override;
  void create_all(std::vector<Job> jobs, Done<std::vector<Created>> done) override;
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
  void rearm(Rearming rearming, Done<Rearmed> done) override;

 private:
  // The delivery of a job that is outstanding.
  struct Owed {
    Instant fire_time;
    std::uint32_t attempt = 1;
    std::uint32_t epoch = 0;
    Instant due = fire_time;                  // the attempt
    std::optional<std::uint64_t> token = {};  // of the live lease
  };

  struct Account {
    std::string url;
    std::optional<std::string> name = {};
    bool recurring = false;
    bool skips = false;
    bool paused = false;
    std::optional<Instant> when = {};  // of a one-time job
    std::optional<Instant> next = {};
    std::uint32_t epoch = 0;
    std::optional<Instant> fired = {};  // the latest
    std::optional<Owed> owed = {};
  };

  static Account open_account(const JobSpec& spec, std::optional<Instant> next);
  static Instant first_after(Instant time);
  static std::optional<Instant> next_after(const Account& job, Instant now);

  std::optional<JobId> holder_of(const std::optional<std::string>& name) const;
  void note_created(JobId id, const Account& opened, const Created& created);
  void note_replaced(JobId id, const Account& opened);
  void note_fired_now(JobId id, Instant now, const Result<LoggedDelivery>& result);
  void note_resumed(JobId id, Instant now, const Result<Job>& result);
  void note_retried(const Delivery& key, Instant now, const Result<LoggedDelivery>& result);
  void note_claim(const Claim& claim, Instant now);
  void note_deferred(const Deferred& deferred, Instant now);
  void note_firing(Account& job, const Delivery& delivery, Instant now);
  Owed& note_due(const Delivery& delivery, Instant now);
  void note_skipped(const Skipped& skipped, Instant now);
  void note_record(const AttemptRecord& record);
  void note_rearming(const Rearming& rearming);
  void supersede(JobId id, Account& job);

  AttemptLedger attempts_;
  std::map<JobId, Account> jobs_;
  std::set<std::string> ended_;              // webhook-ids that are terminal
  std::map<JobId, Account> retired_;         // purged with an exhausted delivery
  std::map<std::string, Delivery> in_vain_;  // the exhausted and superseded, by webhook-id
};

}  // namespace jobsched::testing
