#include "tests/support/attempt_ledger.h"

#include <algorithm>
#include <utility>
#include <variant>

#include <doctest/doctest.h>

namespace jobsched::testing {

namespace {

using namespace std::chrono_literals;

std::string describe(const Transition& transition) {
  if (std::holds_alternative<Accepted>(transition)) return "accepted";
  if (std::holds_alternative<Exhausted>(transition)) return "exhausted";
  if (std::holds_alternative<Superseded>(transition)) return "superseded";
  const auto& retry = std::get<RetryAt>(transition);
  return "attempt " + std::to_string(retry.attempt) + " at " +
         std::to_string(retry.due.time_since_epoch().count());
}

bool is_final(const AttemptResult& result) {
  return result.outcome == Outcome::kBlocked || result.status == 410 || result.no_retry;
}

}  // namespace

void AttemptLedger::crash() {
  tokens_.clear();
  entries_.clear();
}

void AttemptLedger::note_claim(const Claim& claim) {
  CHECK(entries_.emplace(claim.token, Entry{claim.delivery, claim.job.next}).second);
  tokens_[{format_delivery_id(claim.delivery), claim.delivery.attempt}] = claim.token;
}

void AttemptLedger::note_start(const std::string& webhook_id, std::uint32_t attempt, Instant now) {
  CAPTURE(webhook_id);
  Entry& claimed = entry({webhook_id, attempt});
  CHECK_FALSE(std::exchange(claimed.started, true));
  CHECK(claimed.delivery.attempt == attempt);
  CHECK(claimed.delivery.fire_time <= now);
}

void AttemptLedger::note_answer(const std::string& webhook_id,
                                std::uint32_t attempt,
                                const AttemptResult& result) {
  CAPTURE(webhook_id);
  Entry& claimed = entry({webhook_id, attempt});
  CHECK(claimed.started);
  CHECK_FALSE(claimed.answer.has_value());
  claimed.answer = result;
}

void AttemptLedger::note_transition(const Delivery& delivery,
                                    const Transition& transition,
                                    Instant now) {
  const std::string webhook_id = format_delivery_id(delivery);
  CAPTURE(webhook_id);
  Entry& claimed = entry({webhook_id, delivery.attempt});
  REQUIRE(claimed.answer.has_value());
  CHECK(claimed.delivery == delivery);
  CHECK_FALSE(claimed.transition.has_value());
  CHECK(describe(transition) == describe(due_transition(claimed, now)));
  claimed.transition = transition;
}

void AttemptLedger::note_record(const AttemptRecord& record) {
  const auto recorded = entries_.extract(record.token);
  REQUIRE_FALSE(recorded.empty());
  const Entry& claimed = recorded.mapped();
  CAPTURE(format_delivery_id(claimed.delivery));
  CHECK(record.delivery == claimed.delivery);
  CHECK(record.started.has_value() == claimed.started);
  CHECK(claimed.started == claimed.transition.has_value());
  if (claimed.transition) {
    CHECK(describe(record.transition) == describe(*claimed.transition));
    return;
  }
  const auto* retry = std::get_if<RetryAt>(&record.transition);
  REQUIRE(retry != nullptr);
  CHECK(retry->attempt == claimed.delivery.attempt);
  CHECK(retry->due >= claimed.delivery.fire_time);
}

AttemptLedger::Entry& AttemptLedger::entry(const Key& key) {
  REQUIRE(tokens_.contains(key));
  const auto found = entries_.find(tokens_.at(key));
  REQUIRE(found != entries_.end());
  return found->second;
}

Transition AttemptLedger::due_transition(const Entry& entry, Instant now) const {
  const auto& [job, fire_time, attempt, epoch] = entry.delivery;
  const AttemptResult& answer = *entry.answer;
  if (answer.outcome == Outcome::kAccepted) return Accepted{};
  if (answer.outcome == Outcome::kInterrupted) return RetryAt{std::max(now, fire_time), attempt};
  if (is_final(answer) || attempt > backoff_.delays.size()) return Exhausted{};
  const Millis floor = std::min<Millis>(answer.retry_after.value_or(0ms), 24h);
  const Millis delay = std::max(backoff_.delays.at(attempt - 1), floor);
  const Instant due = std::max(now + delay, fire_time);
  if (entry.next_fire_time && due >= *entry.next_fire_time) return Superseded{};
  return RetryAt{due, attempt + 1};
}

}  // namespace jobsched::testing
