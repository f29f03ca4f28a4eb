#pragma once

#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/forwarding_store.h"

namespace jobsched::testing {

// A store whose writes fail as often as it is told, after as many that do not, without changing
// anything.
class FlakyStore final : public ForwardingStore {
 public:
  using ForwardingStore::ForwardingStore;

  void fail_creates(std::size_t times, ErrorKind kind, std::size_t after = 0) {
    creates_.fail(times, kind, after);
  }

  // Replaces, removes, changes of secrets and accounts, and what is asked for by hand: fire_now,
  // pause, resume, retry.
  void fail_changes(std::size_t times, ErrorKind kind, std::size_t after = 0) {
    changes_.fail(times, kind, after);
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

  void create(Job job, Done<Created> done) override {
    if (const auto fault = creates_.ask()) return done(refusal(*fault));
    ForwardingStore::create(std::move(job), std::move(done));
  }

  void create_all(std::vector<Job> jobs, Done<std::vector<Created>> done) override {
    if (const auto fault = creates_.ask()) return done(refusal(*fault));
    ForwardingStore::create_all(std::move(jobs), std::move(done));
  }

  void create_once(IdempotencyKey key,
                   std::vector<Job> jobs,
                   Instant now,
                   Done<CreatedOnce> done) override {
    if (const auto fault = creates_.ask()) return done(refusal(*fault));
    ForwardingStore::create_once(std::move(key), std::move(jobs), now, std::move(done));
  }

  void replace(std::string account,
               JobId id,
               JobVersions expected,
               JobSpec spec,
               std::optional<Instant> next,
               Instant now,
               Done<void> done) override {
    if (const auto fault = changes_.ask()) return done(refusal(*fault));
    ForwardingStore::replace(std::move(account), id, std::move(expected), std::move(spec), next,
                             now, std::move(done));
  }

  void remove(
      std::string account, JobId id, JobVersions expected, Instant now, Done<void> done) override {
    if (const auto fault = changes_.ask()) return done(refusal(*fault));
    ForwardingStore::remove(std::move(account), id, std::move(expected), now, std::move(done));
  }

  void remove_all(std::string account,
                  std::vector<JobId> ids,
                  Instant now,
                  Done<std::vector<JobId>> done) override {
    if (const auto fault = changes_.ask()) return done(refusal(*fault));
    ForwardingStore::remove_all(std::move(account), std::move(ids), now, std::move(done));
  }

  void rotate_secret(std::string account,
                     SigningSecret secret,
                     Instant now,
                     Millis overlap,
                     Done<void> done) override {
    if (const auto fault = changes_.ask()) return done(refusal(*fault));
    ForwardingStore::rotate_secret(std::move(account), std::move(secret), now, overlap,
                                   std::move(done));
  }

  void remove_secrets(std::string account, Done<void> done) override {
    if (const auto fault = changes_.ask()) return done(refusal(*fault));
    ForwardingStore::remove_secrets(std::move(account), std::move(done));
  }

  void add_account(std::string name, KeyHash key, Instant now, Done<void> done) override {
    if (const auto fault = changes_.ask()) return done(refusal(*fault));
    ForwardingStore::add_account(std::move(name), key, now, std::move(done));
  }

  void rotate_key(std::string name, KeyHash key, Done<void> done) override {
    if (const auto fault = changes_.ask()) return done(refusal(*fault));
    ForwardingStore::rotate_key(std::move(name), key, std::move(done));
  }

  void remove_account(AccountRemoval removal, Done<void> done) override {
    if (const auto fault = changes_.ask()) return done(refusal(*fault));
    ForwardingStore::remove_account(std::move(removal), std::move(done));
  }

  void fire_now(std::string account, JobId id, Instant now, Done<LoggedDelivery> done) override {
    if (const auto fault = changes_.ask()) return done(refusal(*fault));
    ForwardingStore::fire_now(std::move(account), id, now, std::move(done));
  }

  void pause(std::string account, JobId id, Done<Job> done) override {
    if (const auto fault = changes_.ask()) return done(refusal(*fault));
    ForwardingStore::pause(std::move(account), id, std::move(done));
  }

  void resume(std::string account, JobId id, Instant now, Done<Job> done) override {
    if (const auto fault = changes_.ask()) return done(refusal(*fault));
    ForwardingStore::resume(std::move(account), id, now, std::move(done));
  }

  void retry(std::string account,
             Delivery delivery,
             Instant now,
             Done<LoggedDelivery> done) override {
    if (const auto fault = changes_.ask()) return done(refusal(*fault));
    ForwardingStore::retry(std::move(account), delivery, now, std::move(done));
  }

  void claim_due(Instant now,
                 std::size_t limit,
                 Millis misfire_threshold,
                 Claimant claimant,
                 Done<Claims> done) override {
    if (const auto fault = claims_.ask()) return done(refusal(*fault));
    ForwardingStore::claim_due(now, limit, misfire_threshold, claimant, std::move(done));
  }

  void record(std::vector<AttemptRecord> records, Done<void> done) override {
    if (const auto fault = records_.ask()) return done(refusal(*fault));
    ForwardingStore::record(std::move(records), std::move(done));
  }

  void rearm(Rearming rearming, Done<Rearmed> done) override {
    if (const auto fault = rearmings_.ask()) return done(refusal(*fault));
    ForwardingStore::rearm(rearming, std::move(done));
  }

  void rezone(Rezoning rezoning, Instant now, Done<Rezoned> done) override {
    if (const auto fault = rezonings_.ask()) return done(refusal(*fault));
    ForwardingStore::rezone(std::move(rezoning), now, std::move(done));
  }

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

  static tl::unexpected<Error> refusal(ErrorKind kind) {
    return fail(kind, "the test wants it so");
  }

  Faults creates_;
  Faults changes_;
  Faults claims_;
  Faults records_;
  Faults rearmings_;
  Faults rezonings_;
};

}  // namespace jobsched::testing
