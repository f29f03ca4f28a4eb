#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/store/store.h"

namespace jobsched::testing {

// A store whose creates, claims, records, re-armings and rezonings fail as often as it is told,
// after as many that do not, without changing anything. Thread-safe like any store.
class FlakyStore final : public Store {
 public:
  explicit FlakyStore(Store& store) : store_(&store) {}

  // From now on it stands before another store.
  void stand_before(Store& store) { store_ = &store; }

  void fail_creates(std::size_t times, ErrorKind kind, std::size_t after = 0) {
    creates_.fail(times, kind, after);
  }

  void fail_claims(std::size_t times, ErrorKind kind, std::size_t after = 0) {
    claims_.fail(times, kind, after);
  }

  void fail_records(std::size_t times, ErrorKind kind, std::size_t after = 0) {
    records_.fail(times, kind, after);
  }

  void fail_rearmings(std::size_t times, ErrorKind kind, std::size_t after = 0) {
    rearmings_.fail(times, kind, after);
  }

  void fail_rezonings(std::size_t times, ErrorKind kind, std::size_t after = 0) {
    rezonings_.fail(times, kind, after);
  }

  // How often each was asked for, failures included.
  std::size_t claims_asked() const { return claims_.asked(); }

  std::size_t records_asked() const { return records_.asked(); }

  std::size_t rearmings_asked() const { return rearmings_.asked(); }

  std::size_t rezonings_asked() const { return rezonings_.asked(); }

  void create(Job job, Done<void> done) override {
    if (const auto fault = creates_.ask()) return done(fail(*fault, "the test wants it so"));
    store_->create(std::move(job), std::move(done));
  }

  void create_all(std::vector<Job> jobs, Done<void> done) override {
    if (const auto fault = creates_.ask()) return done(fail(*fault, "the test wants it so"));
    store_->create_all(std::move(jobs), std::move(done));
  }

  void replace(std::string account,
               JobId id,
               JobSpec spec,
               std::optional<Instant> next,
               Done<void> done) override {
    store_->replace(std::move(account), id, std::move(spec), next, std::move(done));
  }

  void remove(std::string account, JobId id, Done<void> done) override {
    store_->remove(std::move(account), id, std::move(done));
  }

  void remove_all(std::string account,
                  std::vector<JobId> ids,
                  Done<std::vector<JobId>> done) override {
    store_->remove_all(std::move(account), std::move(ids), std::move(done));
  }

  void claim_due(Instant now,
                 std::size_t limit,
                 Millis misfire_threshold,
                 Claimant claimant,
                 Done<Claims> done) override {
    if (const auto fault = claims_.ask()) return done(fail(*fault, "the test wants it so"));
    store_->claim_due(now, limit, misfire_threshold, claimant, std::move(done));
  }

  void record(std::vector<AttemptRecord> records, Done<void> done) override {
    if (const auto fault = records_.ask()) return done(fail(*fault, "the test wants it so"));
    store_->record(std::move(records), std::move(done));
  }

  void rearm(Rearming rearming, Done<Rearmed> done) override {
    if (const auto fault = rearmings_.ask()) return done(fail(*fault, "the test wants it so"));
    store_->rearm(rearming, std::move(done));
  }

  Result<std::optional<Instant>> last_claim() const override { return store_->last_claim(); }

  void rezone(Rezoning rezoning, Instant now, Done<Rezoned> done) override {
    if (const auto fault = rezonings_.ask()) return done(fail(*fault, "the test wants it so"));
    store_->rezone(std::move(rezoning), now, std::move(done));
  }

  Result<std::vector<ZoneInUse>> zones() const override { return store_->zones(); }

  Result<std::optional<Job>> find(std::string_view account, JobId id) const override {
    return store_->find(account, id);
  }

  Result<std::unique_ptr<JobIdCursor>> list(std::string_view account,
                                            std::optional<JobId> after,
                                            std::optional<std::uint64_t> limit) const override {
    return store_->list(account, after, limit);
  }

  Result<StoreCounts> counts() const override { return store_->counts(); }

  bool commit_group() override { return store_->commit_group(); }

  void wait_for_events() override { store_->wait_for_events(); }

  void stop_waiting() override { store_->stop_waiting(); }

 private:
  class Faults {
   public:
    void fail(std::size_t times, ErrorKind kind, std::size_t after) {
      const std::lock_guard lock(mutex_);
      after_ = after;
      left_ = times;
      kind_ = kind;
    }

    std::optional<ErrorKind> ask() {
      const std::lock_guard lock(mutex_);
      ++asked_;
      if (left_ == 0) return std::nullopt;
      if (after_ > 0) {
        --after_;
        return std::nullopt;
      }
      --left_;
      return kind_;
    }

    std::size_t asked() const {
      const std::lock_guard lock(mutex_);
      return asked_;
    }

   private:
    mutable std::mutex mutex_;
    std::size_t after_ = 0;
    std::size_t left_ = 0;
    std::size_t asked_ = 0;
    ErrorKind kind_ = ErrorKind::kUnavailable;
  };

  Store* store_;
  Faults creates_;
  Faults claims_;
  Faults records_;
  Faults rearmings_;
  Faults rezonings_;
};

}  // namespace jobsched::testing
