#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/store/store.h"

namespace jobsched::testing {

// A store that leaves everything to another, for those that step in at some calls. Thread-safe like
// any store, but for stand_before.
class ForwardingStore : public Store {
 public:
  // The store is there until this one goes, or another takes its place.
  explicit ForwardingStore(Store& store) : store_(&store) {}

  // From now on it stands before another store.
  void stand_before(Store& store) { store_ = &store; }

  void create(Job job, Done<Created> done) override {
    store_->create(std::move(job), std::move(done));
  }

  void create_all(std::vector<Job> jobs, Done<std::vector<Created>> done) override {
    store_->create_all(std::move(jobs), std::move(done));
  }

  void create_once(IdempotencyKey key,
                   std::vector<Job> jobs,
                   Instant now,
                   Done<CreatedOnce> done) override {
    store_->create_once(std::move(key), std::move(jobs), now, std::move(done));
  }

  void replace(std::string account,
               JobId id,
               JobVersions expected,
               JobSpec spec,
               std::optional<Instant> next,
               Instant now,
               Done<void> done) override {
    store_->replace(std::move(account), id, std::move(expected), std::move(spec), next, now,
                    std::move(done));
  }

  void remove(
      std::string account, JobId id, JobVersions expected, Instant now, Done<void> done) override {
    store_->remove(std::move(account), id, std::move(expected), now, std::move(done));
  }

  void remove_all(std::string account,
                  std::vector<JobId> ids,
                  Instant now,
                  Done<std::vector<JobId>> done) override {
    store_->remove_all(std::move(account), std::move(ids), now, std::move(done));
  }

  void claim_due(Instant now,
                 std::size_t limit,
                 Millis misfire_threshold,
                 Claimant claimant,
                 Done<Claims> done) override {
    store_->claim_due(now, limit, misfire_threshold, claimant, std::move(done));
  }

  void record(std::vector<AttemptRecord> records, Done<void> done) override {
    store_->record(std::move(records), std::move(done));
  }

  void fire_now(std::string account, JobId id, Instant now, Done<LoggedDelivery> done) override {
    store_->fire_now(std::move(account), id, now, std::move(done));
  }

  void pause(std::string account, JobId id, Done<Job> done) override {
    store_->pause(std::move(account), id, std::move(done));
  }

  void resume(std::string account, JobId id, Instant now, Done<Job> done) override {
    store_->resume(std::move(account), id, now, std::move(done));
  }

  void retry(std::string account,
             Delivery delivery,
             Instant now,
             Done<LoggedDelivery> done) override {
    store_->retry(std::move(account), delivery, now, std::move(done));
  }

  void prune(Instant before, Done<Pruned> done) override { store_->prune(before, std::move(done)); }

  void rezone(Rezoning rezoning, Instant now, Done<Rezoned> done) override {
    store_->rezone(std::move(rezoning), now, std::move(done));
  }

  void rearm(Rearming rearming, Done<Rearmed> done) override {
    store_->rearm(rearming, std::move(done));
  }

  void rotate_secret(std::string account,
                     SigningSecret secret,
                     Instant now,
                     Millis overlap,
                     Done<void> done) override {
    store_->rotate_secret(std::move(account), std::move(secret), now, overlap, std::move(done));
  }

  void remove_secrets(std::string account, Done<void> done) override {
    store_->remove_secrets(std::move(account), std::move(done));
  }

  void add_account(std::string name, KeyHash key, Instant now, Done<void> done) override {
    store_->add_account(std::move(name), key, now, std::move(done));
  }

  void rotate_key(std::string name, KeyHash key, Done<void> done) override {
    store_->rotate_key(std::move(name), key, std::move(done));
  }

  void remove_account(AccountRemoval removal, Done<void> done) override {
    store_->remove_account(std::move(removal), std::move(done));
  }

  Result<std::vector<Account>> accounts() const override { return store_->accounts(); }

  Result<std::optional<CreatedOnce>> find_created(const IdempotencyKey& key,
                                                  Instant now) const override {
    return store_->find_created(key, now);
  }

  Result<std::vector<AccountSecret>> secrets(std::string_view account, Instant now) const override {
    return store_->secrets(account, now);
  }

  Result<std::optional<Instant>> last_claim() const override { return store_->last_claim(); }

  Result<std::vector<ZoneInUse>> zones() const override { return store_->zones(); }

  Result<std::optional<Job>> find(std::string_view account, JobId id) const override {
    return store_->find(account, id);
  }

  Result<std::unique_ptr<JobIdCursor>> list(std::string_view account,
                                            std::optional<JobId> after,
                                            std::optional<std::uint64_t> limit) const override {
    return store_->list(account, after, limit);
  }

  Result<std::optional<LoggedDelivery>> find_delivery(std::string_view account,
                                                      const Delivery& delivery) const override {
    return store_->find_delivery(account, delivery);
  }

  Result<std::vector<LoggedDelivery>> deliveries(std::string_view account,
                                                 const DeliveryFilter& filter,
                                                 std::optional<Delivery> after,
                                                 std::size_t limit) const override {
    return store_->deliveries(account, filter, after, limit);
  }

  Result<StoreCounts> counts() const override { return store_->counts(); }

  bool commit_group() override { return store_->commit_group(); }

  void wait_for_events() override { store_->wait_for_events(); }

  void stop_waiting() override { store_->stop_waiting(); }

 private:
  Store* store_;
};

}  // namespace jobsched::testing
