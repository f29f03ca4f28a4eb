#include "tests/support/store_workload.h"

#include <utility>

#include "tests/support/sample_jobs.h"
#include "tests/support/store_driver.h"

namespace jobsched::testing {

namespace {

constexpr std::int64_t kSecond = 1'000;
constexpr std::int64_t kHalfDay = 43'200'000;
constexpr Millis kMisfire{60'000};
constexpr Millis kLease{60'000};

}  // namespace

bool StoreWorkload::run_group() {
  now_ += below(60) * kSecond;
  for (std::uint32_t events = 1 + below(5); events > 0; --events) {
    switch (below(10)) {
      case 0:
      case 1: create(); break;
      case 2: create_all(); break;
      case 3: replace(); break;
      case 4: remove(); break;
      case 5: claim(); break;
      case 6: change_account(); break;
      case 7: create_once(); break;
      default: record();
    }
  }
  store_.commit_group();
  return !failed_;
}

void StoreWorkload::create() {
  store_.create(next_job(), noting<Created>());
}

void StoreWorkload::create_all() {
  std::vector<Job> jobs;
  for (std::uint32_t left = below(5); left > 0; --left)
    jobs.push_back(next_job());
  store_.create_all(std::move(jobs), noting<std::vector<Created>>());
}

void StoreWorkload::create_once() {
  std::vector<Job> jobs;
  for (std::uint32_t left = below(3); left > 0; --left)
    jobs.push_back(next_job());
  // Few keys, so that they come again, the same and with another request, or when they are old.
  IdempotencyKey key{"default", std::string(1, static_cast<char>('a' + below(4))), {}};
  key.request.fill(static_cast<std::uint8_t>(below(2)));
  const Instant now = at(now_ + below(3) * kHalfDay);
  store_.create_once(std::move(key), std::move(jobs), now, [this](const auto& created) {
    failed_ = failed_ || !(created || created.error().kind == ErrorKind::kInvalid);
  });
}

void StoreWorkload::replace() {
  Job job = next_job();
  store_.replace("default", some_id(), {}, std::move(job.spec), job.next, at(now_), noting<void>());
}

void StoreWorkload::remove() {
  store_.remove("default", some_id(), {}, at(now_), noting<void>());
}

void StoreWorkload::claim() {
  store_.claim_due(at(now_), 1 + below(8), kMisfire, {1, kLease}, [this](Result<Claims> claims) {
    if (!claims) {
      failed_ = true;
      return;
    }
    for (Claim& claim : claims->claims)
      claims_.push_back(std::move(claim));
  });
}

void StoreWorkload::record() {
  std::vector<AttemptRecord> records;
  for (const Claim& claim : std::exchange(claims_, {})) {
    Transition transition = Accepted{};
    if (below(3) == 0) transition = RetryAt{at(now_ + 10 * kSecond), claim.delivery.attempt + 1};
    records.push_back(sample_record(claim, std::move(transition), at(now_)));
  }
  store_.record(std::move(records), noting<void>());
}

void StoreWorkload::change_account() {
  const std::string name = below(2) == 0 ? "alice" : "bob";
  KeyHash key{};
  key.fill(static_cast<std::uint8_t>(below(256)));
  // With other accounts, the one of the jobs goes on only with a key.
  store_.add_account("default", key, at(now_), noting<void>());
  switch (below(3)) {
    case 0: store_.rotate_key(name, key, noting<void>()); break;
    case 1: store_.remove_account({.name = name, .with_jobs = true}, noting<void>()); break;
    default: store_.add_account(name, key, at(now_), noting<void>());
  }
}

Job StoreWorkload::next_job() {
  const std::uint32_t number = ++jobs_;
  Job job = below(3) == 0 ? sample_cron(number, "0 0/10 * * * ?", at(now_))
                          : sample_once(number, at(now_ + below(300) * kSecond + 1));
  // From nothing to several pages.
  job.spec.data = std::string(below(4) == 0 ? below(20'000) : below(300), 'd');
  // Few, so that they come again and a job takes the place of another.
  if (below(3) == 0) job.spec.name = std::string(1, static_cast<char>('a' + below(6)));
  return job;
}

JobId StoreWorkload::some_id() {
  return sample_id(1 + below(jobs_ + 1));
}

std::uint32_t StoreWorkload::below(std::uint32_t end) {
  return static_cast<std::uint32_t>(random_() % end);
}

template <class T>
Done<T> StoreWorkload::noting() {
  return [this](const Result<T>& result) {
    // A job may be gone, and another may have its new name.
    const bool by_contract = result || result.error().kind == ErrorKind::kNotFound ||
                             result.error().kind == ErrorKind::kConflict;
    failed_ = failed_ || !by_contract;
  };
}

}  // namespace jobsched::testing
