#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "core/delivery/lifecycle.h"
#include "daemon/store/store.h"

namespace jobsched::testing {

// An account of the attempts of a run of the daemon, from the endpoints' side: each is that of a
// claim and the only one of it, and just what follows from its answer, by arithmetic of the
// ledger's own, is recorded; what was never started is handed back as it was. Used by one thread.
class AttemptLedger {
 public:
  explicit AttemptLedger(Backoff backoff) : backoff_(std::move(backoff)) {}

  // The daemon has died, and with it its claims and attempts.
  void crash();

  // The store has given `claim` to the scheduler.
  void note_claim(const Claim& claim);

  // An attempt starts at `now`.
  void note_start(const std::string& webhook_id, std::uint32_t attempt, Instant now);

  // An endpoint ends an attempt that has started.
  void note_answer(const std::string& webhook_id,
                   std::uint32_t attempt,
                   const AttemptResult& result);

  // The scheduler, whose random numbers are all 0.5, makes `transition` of it at `now`.
  void note_transition(const Delivery& delivery, const Transition& transition, Instant now);

  // The store has recorded it.
  void note_record(const AttemptRecord& record);

 private:
  // What tells an attempt from all others of a run that may be under way with it.
  using Key = std::pair<std::string, std::uint32_t>;  // its webhook-id and number

  // A claim that nothing was recorded of yet, and what has come of it.
  struct Entry {
    Delivery delivery;
    std::optional<Instant> next_fire_time;  // of its job
    bool started = false;
    std::optional<AttemptResult> answer = {};
    std::optional<Transition> transition = {};
  };

  Entry& entry(const Key& key);
  Transition due_transition(const Entry& entry, Instant now) const;

  Backoff backoff_;
  std::map<Key, std::uint64_t> tokens_;     // of the latest claim of each attempt
  std::map<std::uint64_t, Entry> entries_;  // by the claims' tokens
};

}  // namespace jobsched::testing
