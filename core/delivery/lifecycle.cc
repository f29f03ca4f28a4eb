#include "core/delivery/lifecycle.h"

#include <algorithm>

namespace jobsched {

namespace {

constexpr int kGone = 410;
constexpr double kSpread = 0.2;  // of a delay, in both directions: receivers that fail together
                                 // are not called together again
constexpr Millis kMaxRetryAfter = std::chrono::hours{24};

// Why no further attempt may follow, empty if one may.
std::string final_reason(const AttemptResult& result) {
  if (result.outcome == Outcome::kBlocked) return result.error;
  if (result.status == kGone) return "the endpoint answered 410 Gone";
  if (result.no_retry) return "the endpoint asked for no further attempt";
  return {};
}

Millis spread(Millis delay, double jitter) {
  const double factor = 1.0 - kSpread + 2.0 * kSpread * jitter;
  return Millis{static_cast<Millis::rep>(static_cast<double>(delay.count()) * factor)};
}

}  // namespace

Backoff default_backoff() {
  using namespace std::chrono_literals;
  return {{5s, 30s, 2min, 10min, 30min, 2h, 5h, 10h}};
}

Backoff backoff_of(const Retry& retry, const Backoff& usual) {
  Backoff backoff = usual;
  if (retry.backoff) backoff.delays.assign(retry.backoff->begin(), retry.backoff->end());
  if (!retry.attempts) return backoff;
  // A daemon that never tries again has no delay for a job that asks for it.
  if (backoff.delays.empty()) backoff = default_backoff();
  const Millis last = backoff.delays.back();
  backoff.delays.resize(static_cast<std::size_t>(*retry.attempts - 1), last);
  return backoff;
}

Transition after_attempt(const Delivery& delivery,
                         const AttemptResult& result,
                         const Backoff& backoff,
                         std::optional<Instant> next_fire_time,
                         Instant now,
                         double jitter) {
  if (result.outcome == Outcome::kAccepted) return Accepted{};
  if (result.outcome == Outcome::kInterrupted) {
    return RetryAt{std::max(now, delivery.fire_time), delivery.attempt};
  }
  if (std::string reason = final_reason(result); !reason.empty()) {
    return Exhausted{std::move(reason)};
  }
  if (delivery.attempt > backoff.delays.size()) {
    return Exhausted{"attempt " + std::to_string(delivery.attempt) + " was the last"};
  }
  const Millis floor = std::min(result.retry_after.value_or(Millis{0}), kMaxRetryAfter);
  const Millis delay = std::max(spread(backoff.delays[delivery.attempt - 1], jitter), floor);
  const Instant due = std::max(now + delay, delivery.fire_time);
  if (next_fire_time && due >= *next_fire_time) return Superseded{};
  return RetryAt{due, delivery.attempt + 1};
}

Firing fire(const Job& job, Instant now, Millis misfire_threshold) {
  const Instant due = *job.next;
  const bool misfire = now - due > misfire_threshold;
  const std::optional<Instant> following = next_fire_time(job.spec.schedule, due);
  if (!misfire) return {due, following};
  const std::optional<Instant> next = next_fire_time(job.spec.schedule, now);
  if (job.spec.misfire == Misfire::kSkip) return {std::nullopt, next};
  return {due, next, following == next ? std::nullopt : following};
}

}  // namespace jobsched
