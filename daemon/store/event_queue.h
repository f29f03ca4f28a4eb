#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "daemon/store/store.h"

namespace jobsched {

// Who waits for an event, and what came of it so far: held back until the commit is known.
template <class T>
struct Pending {
  Done<T> done;
  std::optional<Result<T>> result;

  explicit Pending(Done<T> waiting) : done(std::move(waiting)) {}

  void answer() { done(*std::move(result)); }

  void answer(const Error& error) { done(tl::unexpected<Error>(error)); }
};

struct CreateEvent {
  Job job;
  Pending<Created> pending;
};

struct CreateAllEvent {
  std::vector<Job> jobs;
  Pending<std::vector<Created>> pending;
};

struct CreateOnceEvent {
  IdempotencyKey key;
  std::vector<Job> jobs;
  Instant now;
  Pending<CreatedOnce> pending;
};

struct ReplaceEvent {
  std::string account;
  JobId id;
  JobVersions expected;
  JobSpec spec;
  std::optional<Instant> next;
  Instant now;
  Pending<void> pending;
};

struct RemoveEvent {
  std::string account;
  JobId id;
  JobVersions expected;
  Instant now;
  Pending<void> pending;
};

struct RemoveAllEvent {
  std::string account;
  std::vector<JobId> ids;
  Instant now;
  Pending<std::vector<JobId>> pending;
};

struct FireNowEvent {
  std::string account;
  JobId id;
  Instant now;
  Pending<LoggedDelivery> pending;
};

struct PauseEvent {
  std::string account;
  JobId id;
  Pending<Job> pending;
};

struct ResumeEvent {
  std::string account;
  JobId id;
  Instant now;
  Pending<Job> pending;
};

struct RetryEvent {
  std::string account;
  Delivery delivery;
  Instant now;
  Pending<LoggedDelivery> pending;
};

struct ClaimEvent {
  Instant now;
  std::size_t limit;
  Millis misfire_threshold;
  Claimant claimant;
  Pending<Claims> pending;
};

struct RecordEvent {
  std::vector<AttemptRecord> records;
  Pending<void> pending;
};

struct PruneEvent {
  Instant before;
  Pending<Pruned> pending;
};

struct RezoneEvent {
  Rezoning rezoning;
  Instant now;
  Pending<Rezoned> pending;
};

struct RearmEvent {
  Rearming rearming;
  Pending<Rearmed> pending;
};

struct RotateSecretEvent {
  std::string account;
  SigningSecret secret;
  Instant now;
  Millis overlap;
  Pending<void> pending;
};

struct RemoveSecretsEvent {
  std::string account;
  Pending<void> pending;
};

struct AddAccountEvent {
  std::string name;
  KeyHash key;
  Instant now;
  Pending<void> pending;
};

struct RotateKeyEvent {
  std::string name;
  KeyHash key;
  Pending<void> pending;
};

struct RemoveAccountEvent {
  AccountRemoval removal;
  Pending<void> pending;
};

using StoreEvent = std::variant<CreateEvent,
                                CreateAllEvent,
                                CreateOnceEvent,
                                ReplaceEvent,
                                RemoveEvent,
                                RemoveAllEvent,
                                FireNowEvent,
                                PauseEvent,
                                ResumeEvent,
                                RetryEvent,
                                ClaimEvent,
                                RecordEvent,
                                PruneEvent,
                                RezoneEvent,
                                RearmEvent,
                                RotateSecretEvent,
                                RemoveSecretsEvent,
                                AddAccountEvent,
                                RotateKeyEvent,
                                RemoveAccountEvent>;

// Events on their way to the thread that commits, in the order in which they came. Thread-safe.
//
// Bounded, so that clients faster than the disk are turned away rather than kept in memory; claims
// and records are always taken in: the scheduler bounds them, and refusing them would not lessen
// the work.
class EventQueue {
 public:
  static constexpr std::size_t kMaxEvents = 50'000;     // about two seconds of a fast disk's work
  static constexpr std::size_t kMaxBytes = 64'000'000;  // of what clients gave

  // Takes the event, or gives it back if the queue is full.
  std::optional<StoreEvent> push(StoreEvent event);

  // The oldest events, as many as make `max` jobs or other changes, but at least one if there are
  // any; does not wait.
  std::vector<StoreEvent> take(std::size_t max);

  // Blocks until there is an event or `stop_waiting` has been called.
  void wait();

  // Lets `wait` return at once from now on.
  void stop_waiting();

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<StoreEvent> events_;
  std::size_t bytes_ = 0;
  bool stopped_ = false;
};

}  // namespace jobsched
