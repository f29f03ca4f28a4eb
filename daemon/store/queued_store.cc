#include "daemon/store/queued_store.h"

#include <utility>

namespace jobsched {

namespace {

// Beyond it a larger group gains next to nothing and makes those at its front wait.
constexpr std::size_t kMaxGroup = 1'024;

// What the report says of each event; of most, nothing.
struct Summary {
  CommitReport& report;

  void operator()(const CreateEvent& event) const { add(**event.pending.result); }

  void operator()(const CreateAllEvent& event) const { add(**event.pending.result); }

  void operator()(const CreateOnceEvent& event) const {
    const CreatedOnce& once = **event.pending.result;
    if (!once.repeated) add(once.jobs);
  }

  void operator()(const ClaimEvent& event) const {
    const Claims& claims = **event.pending.result;
    report.fired += claims.fired;
    report.skipped += claims.skipped.size();
  }

  template <class Event>
  void operator()(const Event& /*event*/) const {}

  void add(const std::vector<Created>& all) const {
    for (const Created& created : all)
      add(created);
  }

  void add(const Created& created) const { report.created += created.replaced ? 0U : 1U; }
};

CommitReport summarize(std::span<const StoreEvent> group, const GroupOutcome& outcome) {
  CommitReport report{.wrote = outcome.wrote, .failure = outcome.failure};
  if (outcome.failure) return report;
  for (const StoreEvent& event : group) {
    const bool done =
        std::visit([](const auto& one) { return one.pending.result->has_value(); }, event);
    if (done) std::visit(Summary{report}, event);
  }
  return report;
}

}  // namespace

QueuedStore::QueuedStore(Committed committed, std::uint64_t jobs_per_account)
    : committed_(std::move(committed)), jobs_per_account_(jobs_per_account) {}

QueuedStore::~QueuedStore() {
  const Error closing{ErrorKind::kUnavailable, "the daemon is stopping; try again", {}, {}};
  for (auto left = queue_.take(kMaxGroup); !left.empty(); left = queue_.take(kMaxGroup)) {
    for (StoreEvent& event : left) {
      std::visit([&](auto& one) { one.pending.answer(closing); }, event);
    }
  }
}

void QueuedStore::submit(StoreEvent event) {
  std::optional<StoreEvent> refused = queue_.push(std::move(event));
  if (!refused) return;
  const Error full{ErrorKind::kUnavailable,
                   "more is waiting to be written than the disk can keep up with; try again later",
                   {},
                   {}};
  std::visit([&](auto& one) { one.pending.answer(full); }, *refused);
}

void QueuedStore::create(Job job, Done<Created> done) {
  submit(CreateEvent{std::move(job), Pending<Created>(std::move(done))});
}

void QueuedStore::create_all(std::vector<Job> jobs, Done<std::vector<Created>> done) {
  submit(CreateAllEvent{std::move(jobs), Pending<std::vector<Created>>(std::move(done))});
}

void QueuedStore::create_once(IdempotencyKey key,
                              std::vector<Job> jobs,
                              Instant now,
                              Done<CreatedOnce> done) {
  submit(
      CreateOnceEvent{std::move(key), std::move(jobs), now, Pending<CreatedOnce>(std::move(done))});
}

void QueuedStore::replace(std::string account,
                          JobId id,
                          JobVersions expected,
                          JobSpec spec,
                          std::optional<Instant> next,
                          Instant now,
                          Done<void> done) {
  submit(ReplaceEvent{std::move(account), id, std::move(expected), std::move(spec), next, now,
                      Pending<void>(std::move(done))});
}

void QueuedStore::remove(
    std::string account, JobId id, JobVersions expected, Instant now, Done<void> done) {
  submit(RemoveEvent{std::move(account), id, std::move(expected), now,
                     Pending<void>(std::move(done))});
}

void QueuedStore::remove_all(std::string account,
                             std::vector<JobId> ids,
                             Instant now,
                             Done<std::vector<JobId>> done) {
  submit(RemoveAllEvent{std::move(account), std::move(ids), now,
                        Pending<std::vector<JobId>>(std::move(done))});
}

void QueuedStore::fire_now(std::string account, JobId id, Instant now, Done<LoggedDelivery> done) {
  submit(FireNowEvent{std::move(account), id, now, Pending<LoggedDelivery>(std::move(done))});
}

void QueuedStore::pause(std::string account, JobId id, Done<Job> done) {
  submit(PauseEvent{std::move(account), id, Pending<Job>(std::move(done))});
}

void QueuedStore::resume(std::string account, JobId id, Instant now, Done<Job> done) {
  submit(ResumeEvent{std::move(account), id, now, Pending<Job>(std::move(done))});
}

void QueuedStore::retry(std::string account,
                        Delivery delivery,
                        Instant now,
                        Done<LoggedDelivery> done) {
  submit(RetryEvent{std::move(account), delivery, now, Pending<LoggedDelivery>(std::move(done))});
}

void QueuedStore::claim_due(Instant now,
                            std::size_t limit,
                            Millis misfire_threshold,
                            Claimant claimant,
                            Done<Claims> done) {
  submit(ClaimEvent{now, limit, misfire_threshold, claimant, Pending<Claims>(std::move(done))});
}

void QueuedStore::record(std::vector<AttemptRecord> records, Done<void> done) {
  submit(RecordEvent{std::move(records), Pending<void>(std::move(done))});
}

void QueuedStore::prune(Instant before, Done<Pruned> done) {
  submit(PruneEvent{before, Pending<Pruned>(std::move(done))});
}

void QueuedStore::rezone(Rezoning rezoning, Instant now, Done<Rezoned> done) {
  submit(RezoneEvent{std::move(rezoning), now, Pending<Rezoned>(std::move(done))});
}

void QueuedStore::rearm(Rearming rearming, Done<Rearmed> done) {
  submit(RearmEvent{rearming, Pending<Rearmed>(std::move(done))});
}

void QueuedStore::rotate_secret(
    std::string account, SigningSecret secret, Instant now, Millis overlap, Done<void> done) {
  submit(RotateSecretEvent{std::move(account), std::move(secret), now, overlap,
                           Pending<void>(std::move(done))});
}

void QueuedStore::remove_secrets(std::string account, Done<void> done) {
  submit(RemoveSecretsEvent{std::move(account), Pending<void>(std::move(done))});
}

void QueuedStore::add_account(std::string name, KeyHash key, Instant now, Done<void> done) {
  submit(AddAccountEvent{std::move(name), key, now, Pending<void>(std::move(done))});
}

void QueuedStore::rotate_key(std::string name, KeyHash key, Done<void> done) {
  submit(RotateKeyEvent{std::move(name), key, Pending<void>(std::move(done))});
}

void QueuedStore::remove_account(AccountRemoval removal, Done<void> done) {
  submit(RemoveAccountEvent{std::move(removal), Pending<void>(std::move(done))});
}

void QueuedStore::await_news(const std::function<void()>& /*on_news*/) {}

bool QueuedStore::commit_group() {
  std::vector<StoreEvent> group = queue_.take(kMaxGroup);
  if (group.empty()) return false;
  const GroupOutcome outcome = commit(group);
  committed_(summarize(group, outcome));
  for (StoreEvent& event : group) {
    std::visit(
        [&](auto& one) {
          outcome.failure ? one.pending.answer(*outcome.failure) : one.pending.answer();
        },
        event);
  }
  answered();
  return true;
}

void QueuedStore::wait_for_events() {
  queue_.wait();
}

void QueuedStore::stop_waiting() {
  queue_.stop_waiting();
}

}  // namespace jobsched
