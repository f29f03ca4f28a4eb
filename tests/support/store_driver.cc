#include "tests/support/store_driver.h"

#include <utility>

namespace jobsched::testing {

AttemptRecord sample_record(const Claim& claim, Transition transition, Instant now) {
  return {claim.delivery, claim.token, now, now, {}, std::move(transition)};
}

Result<Created> StoreDriver::create(const Job& job) {
  return outcome<Created>(store_, [&](Done<Created> done) { store_.create(job, std::move(done)); });
}

Result<void> StoreDriver::replace(const std::string& account,
                                  JobId id,
                                  const JobSpec& spec,
                                  std::optional<Instant> next,
                                  Instant now,
                                  JobVersions expected) {
  return outcome<void>(store_, [&](Done<void> done) {
    store_.replace(account, id, std::move(expected), spec, next, now, std::move(done));
  });
}

Result<void> StoreDriver::remove(const std::string& account,
                                 JobId id,
                                 Instant now,
                                 JobVersions expected) {
  return outcome<void>(store_, [&](Done<void> done) {
    store_.remove(account, id, std::move(expected), now, std::move(done));
  });
}

Claims StoreDriver::claim(Instant now, std::size_t limit, std::uint64_t instance) {
  Result<Claims> claims = outcome<Claims>(store_, [&](Done<Claims> done) {
    store_.claim_due(now, limit, kMisfire, {instance, kLease}, std::move(done));
  });
  REQUIRE(claims.has_value());
  return *std::move(claims);
}

void StoreDriver::record(const Claim& claim, Transition transition, Instant now) {
  const AttemptRecord record = sample_record(claim, std::move(transition), now);
  const Result<void> recorded =
      outcome<void>(store_, [&](Done<void> done) { store_.record({record}, std::move(done)); });
  REQUIRE(recorded.has_value());
}

std::optional<Job> StoreDriver::find(std::string_view account, JobId id) {
  Result<std::optional<Job>> job = store_.find(account, id);
  REQUIRE(job.has_value());
  return *std::move(job);
}

std::vector<JobId> StoreDriver::ids(std::string_view account,
                                    std::optional<JobId> after,
                                    std::optional<std::uint64_t> limit) {
  const Result<std::unique_ptr<JobIdCursor>> cursor = store_.list(account, after, limit);
  REQUIRE(cursor.has_value());
  constexpr std::size_t kPiece = 2;  // small, so that pieces are put together
  std::vector<JobId> ids;
  for (;;) {
    const Result<std::vector<JobId>> piece = (*cursor)->next(kPiece);
    REQUIRE(piece.has_value());
    CHECK(piece->size() <= kPiece);
    if (piece->empty()) break;
    ids.insert(ids.end(), piece->begin(), piece->end());
  }
  CHECK((*cursor)->count() == ids.size());
  return ids;
}

StoreCounts StoreDriver::counts() {
  const Result<StoreCounts> counts = store_.counts();
  REQUIRE(counts.has_value());
  return *counts;
}

void check_same(const Job& left, const Job& right) {
  CHECK(left.id == right.id);
  CHECK(left.account == right.account);
  CHECK(left.spec.url == right.spec.url);
  CHECK(left.spec.signature == right.spec.signature);
  CHECK(left.spec.content_type == right.spec.content_type);
  CHECK(left.spec.data == right.spec.data);
  CHECK(left.spec.timezone == right.spec.timezone);
  CHECK(left.spec.misfire == right.spec.misfire);
  CHECK(left.spec.paused == right.spec.paused);
  CHECK(left.spec.name == right.spec.name);
  CHECK(left.spec.method == right.spec.method);
  CHECK(left.spec.headers == right.spec.headers);
  CHECK(left.spec.timeout == right.spec.timeout);
  CHECK(left.spec.retry == right.spec.retry);
  CHECK(left.next == right.next);
  CHECK(left.pause_reason == right.pause_reason);
  REQUIRE(left.spec.schedule.index() == right.spec.schedule.index());
  if (const Once* once = std::get_if<Once>(&left.spec.schedule)) {
    CHECK(once->when == std::get<Once>(right.spec.schedule).when);
  } else {
    CHECK(std::get<Recurring>(left.spec.schedule).cron.text() ==
          std::get<Recurring>(right.spec.schedule).cron.text());
  }
}

}  // namespace jobsched::testing
