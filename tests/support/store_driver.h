#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "daemon/store/store.h"
#include "tests/support/sample_jobs.h"

namespace jobsched::testing {

// One `T` that a store promised, committing until it is there.
template <class T, class Submit>
Result<T> outcome(Store& store, const Submit& submit) {
  std::optional<Result<T>> answer;
  submit([&](Result<T> result) {
    REQUIRE_FALSE(answer.has_value());
    answer = std::move(result);
  });
  while (!answer && store.commit_group()) {
  }
  REQUIRE(answer.has_value());
  return *std::move(answer);
}

// The record of a claimed attempt that has taken no time at `now`.
AttemptRecord sample_record(const Claim& claim, Transition transition, Instant now = kStart);

// A store used as if it answered at once.
class StoreDriver {
 public:
  static constexpr Millis kLease{60'000};
  static constexpr Millis kMisfire{60'000};

  explicit StoreDriver(Store& store) : store_(store) {}

  Result<Created> create(const Job& job);
  Result<void> replace(const std::string& account,
                       JobId id,
                       const JobSpec& spec,
                       std::optional<Instant> next,
                       Instant now = kStart,
                       JobVersions expected = {});
  Result<void> remove(const std::string& account,
                      JobId id,
                      Instant now = kStart,
                      JobVersions expected = {});
  Claims claim(Instant now, std::size_t limit = 100, std::uint64_t instance = 1);

  // Records `transition` for the claimed attempt, which has taken no time at `now`.
  void record(const Claim& claim, Transition transition, Instant now = kStart);

  std::optional<Job> find(std::string_view account, JobId id);
  std::vector<JobId> ids(std::string_view account,
                         std::optional<JobId> after = {},
                         std::optional<std::uint64_t> limit = {});
  StoreCounts counts();

 private:
  Store& store_;
};

// Equality of everything that a user can tell jobs apart by.
void check_same(const Job& left, const Job& right);

}  // namespace jobsched::testing
