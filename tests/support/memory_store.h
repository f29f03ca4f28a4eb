#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/store/store.h"
#include "tests/support/memory_keys.h"
#include "tests/support/memory_log.h"

namespace jobsched::testing {

// The contract of Store in its plainest form: maps, searched from end to end. Nothing survives the
// object, and nothing fails except by the contract.
class MemoryStore final : public Store {
 public:
  // `jobs_per_account` as of SqliteStoreOptions.
  explicit MemoryStore(std::uint64_t jobs_per_account = 0) : jobs_per_account_(jobs_per_account) {}

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

  Result<std::optional<Job>> find(std::string_view account, JobId id) const override;
  Result<std::unique_ptr<JobIdCursor>> list(std::string_view account,
                                            std::optional<JobId> after,
                                            std::optional<std::uint64_t> limit) const override;
  Result<std::optional<LoggedDelivery>> find_delivery(std::string_view account,
                                                      const Delivery& delivery) const override;
  Result<std::vector<LoggedDelivery>> deliveries(std::string_view account,
                                                 const DeliveryFilter& filter,
                                                 std::optional<Delivery> after,
                                                 std::size_t limit) const override;
  Result<std::optional<Instant>> last_claim() const override;
  Result<std::vector<ZoneInUse>> zones() const override;
  Result<std::optional<CreatedOnce>> find_created(const IdempotencyKey& key,
                                                  Instant now) const override;
  Result<std::vector<AccountSecret>> secrets(std::string_view account, Instant now) const override;
  Result<std::vector<Account>> accounts() const override;
  Result<StoreCounts> counts() const override;

  bool commit_group() override;
  void wait_for_events() override;
  void stop_waiting() override;

  // What the death of the daemon and the next start do to a store: events that were not committed
  // are gone, and every lease is ended, its attempt due again with the same number.
  void crash();

 private:
  struct Lease {
    std::uint64_t instance;
    std::uint64_t token;
  };

  struct Outstanding {
    Delivery delivery;
    Instant due;  // the next attempt, or the end of the lease
    std::optional<Lease> lease;
  };

  // Carried out with the mutex held; what it returns is called without it.
  using Event = std::function<std::function<void()>()>;

  template <class T>
  void submit(Done<T> done, std::function<Result<T>()> change);
  Job* owned_job(const std::string& account, JobId id);
  const Job* named_job(const std::string& account, const JobSpec& spec) const;
  Result<Created> create_one(const Job& job);
  Result<std::vector<Created>> create_each(const std::vector<Job>& jobs);
  Result<void> replace_one(Job& job, const JobSpec& spec, std::optional<Instant> next, Instant now);
  using DueTime = std::pair<Instant, JobId>;

  void keep_first_and_latest(std::vector<DueTime>& due, std::size_t limit) const;
  Claims claim(Instant now, std::size_t limit, Millis misfire_threshold, Claimant claimant);
  bool fire(Job& job, Instant now, Millis misfire_threshold);
  void begin_epoch_before(Job& job, std::optional<Instant> next);
  std::optional<Error> conflict_of(JobId id) const;
  Result<LoggedDelivery> fire_one(const std::string& account, JobId id, Instant now);
  Result<LoggedDelivery> retry_one(const std::string& account, const Delivery& key, Instant now);
  void end_outstanding(JobId id, DeliveryState state, std::string reason, Instant at);
  MemoryLog::OutstandingByJob outstanding_of(std::string_view account) const;
  void note_zone(const JobSpec& spec);
  bool rezone_one(Job& job, const Rezoning& rezoning, Instant now, Rezoned& done);
  void record_one(const AttemptRecord& record);
  bool may_get_more(const std::string& account) const;
  std::uint64_t jobs_of(std::string_view account) const;
  Result<void> remove_one(const AccountRemoval& removal);
  std::vector<AccountSecret> secrets_in_use(std::string_view account, Instant now) const;
  std::optional<Instant> next_due(std::optional<std::uint64_t> claimant) const;

  const std::uint64_t jobs_per_account_;
  mutable std::mutex mutex_;
  std::condition_variable events_changed_;
  std::deque<Event> events_;
  bool stopped_waiting_ = false;
  MemoryLog log_;
  MemoryKeys keys_;
  std::map<JobId, Job> jobs_;
  std::map<JobId, Job> retired_;              // purged with an exhausted delivery
  std::map<JobId, Instant> fired_;            // the latest fire time of each job that has fired
  std::map<JobId, Outstanding> outstanding_;  // at most one a job
  std::map<std::string, std::optional<std::uint64_t>> zones_;               // to their rules
  std::map<std::string, std::vector<AccountSecret>, std::less<>> secrets_;  // the newest first
  std::map<std::string, Account, std::less<>> accounts_;                    // those with a key
  std::optional<Instant> last_claim_;
  std::uint64_t last_token_ = 0;
};

}  // namespace jobsched::testing
