#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/store/store.h"

namespace jobsched::testing {

// A store whose creates, claims and records fail as often as it is told, without changing anything.
class FlakyStore final : public Store {
 public:
  explicit FlakyStore(Store& store) : store_(store) {}

  void fail_creates(std::size_t times, ErrorKind kind) { create_faults_ = {times, kind}; }

  void fail_claims(std::size_t times, ErrorKind kind) { claim_faults_ = {times, kind}; }

  void fail_records(std::size_t times, ErrorKind kind) { record_faults_ = {times, kind}; }

  // How often each was asked for, failures included.
  std::size_t claims_asked() const { return claims_asked_; }

  std::size_t records_asked() const { return records_asked_; }

  void create(Job job, Done<void> done) override {
    if (create_faults_.strike()) return done(fail(create_faults_.kind, "the test wants it so"));
    store_.create(std::move(job), std::move(done));
  }

  void replace(std::string account,
               JobId id,
               JobSpec spec,
               std::optional<Instant> next,
               Done<void> done) override {
    store_.replace(std::move(account), id, std::move(spec), next, std::move(done));
  }

  void remove(std::string account, JobId id, Done<void> done) override {
    store_.remove(std::move(account), id, std::move(done));
  }

  void claim_due(Instant now,
                 std::size_t limit,
                 Millis misfire_threshold,
                 Claimant claimant,
                 Done<Claims> done) override {
    ++claims_asked_;
    if (claim_faults_.strike()) return done(fail(claim_faults_.kind, "the test wants it so"));
    store_.claim_due(now, limit, misfire_threshold, claimant, std::move(done));
  }

  void record(std::vector<AttemptRecord> records, Done<void> done) override {
    ++records_asked_;
    if (record_faults_.strike()) return done(fail(record_faults_.kind, "the test wants it so"));
    store_.record(std::move(records), std::move(done));
  }

  Result<std::optional<Job>> find(std::string_view account, JobId id) const override {
    return store_.find(account, id);
  }

  Result<std::unique_ptr<JobIdCursor>> list(std::string_view account,
                                            std::optional<JobId> after,
                                            std::optional<std::uint64_t> limit) const override {
    return store_.list(account, after, limit);
  }

  Result<StoreCounts> counts() const override { return store_.counts(); }

  bool commit_group() override { return store_.commit_group(); }

  void wait_for_events() override { store_.wait_for_events(); }

  void stop_waiting() override { store_.stop_waiting(); }

 private:
  struct Faults {
    std::size_t left = 0;
    ErrorKind kind = ErrorKind::kUnavailable;

    bool strike() { return left > 0 && left-- > 0; }
  };

  Store& store_;
  Faults create_faults_;
  Faults claim_faults_;
  Faults record_faults_;
  std::size_t claims_asked_ = 0;
  std::size_t records_asked_ = 0;
};

}  // namespace jobsched::testing
