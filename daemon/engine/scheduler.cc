#include "daemon/engine/scheduler.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "core/delivery/callback.h"

namespace jobsched {

namespace {

constexpr std::size_t kMostAtOnce = 256;  // claims in one transaction: they share it with creates
constexpr std::size_t kMostBesideFull = 32;  // … when much of it is put off, and others wait
constexpr Millis kClaimPause{1'000};         // after a store that failed, or found nothing to do
constexpr Millis kLongestWait{60'000};       // of a claim for a place at its target
constexpr Millis kSweep{5'000};
constexpr Millis kPatience{20};         // a target that serves on can empty its queue in this time
constexpr Millis kLeaseMargin{60'000};  // for the sweep, the record and a clock that is set forward

}  // namespace

Scheduler::Scheduler(SchedulerSettings settings,
                     std::uint64_t instance,
                     Store& store,
                     Deliverer& deliverer,
                     std::function<double()> random,
                     std::function<void()> wake,
                     SchedulerWatch watch)
    : settings_(std::move(settings)),
      instance_(instance),
      store_(store),
      deliverer_(deliverer),
      random_(std::move(random)),
      watch_(std::move(watch)),
      inbox_(std::make_shared<Inbox>(std::move(wake))),
      writer_(store,
              [inbox = inbox_](Result<void> result) { inbox->put_recorded(std::move(result)); }),
      set_back_(
          store,
          [inbox = inbox_](Result<Rearmed> result) { inbox->put_rearmed(std::move(result)); },
          watch_.set_back),
      queues_(settings_.per_host),
      claim_pause_(kClaimPause),
      sweep_(kSweep),
      patience_(kPatience) {}

Scheduler::~Scheduler() {
  inbox_->close();
}

void Scheduler::set(SchedulerSettings settings) {
  short_leases_ = short_leases_ || settings.timeout > settings_.timeout;
  settings_ = std::move(settings);
  queues_.set_per_host(settings_.per_host);
}

std::optional<Instant> Scheduler::step(Instant now) {
  Inbox::News news = inbox_->take();
  expect(news.noticed);
  take_in_ended(std::move(news.ended), now);
  if (news.recorded) expect(writer_.answered(*news.recorded, now));
  if (news.rearmed) expect(set_back_.answered(*news.rearmed, now));
  if (news.claims) take_in_claims(std::move(*news.claims), now);
  if (draining_) {
    queues_.hand_back_all(now);
  } else {
    if (now < latest_) queues_.hand_back_early(now);
    renew_leases(now);
    start_waiting(now);
    relieve_queues(now);
  }
  latest_ = std::max(latest_, now);
  for (const auto& [claim, due] : queues_.take_handed_back()) {
    hand_back(claim, due, now);
  }
  set_back_.look(now);
  writer_.submit(now);
  ask_for_work(now);
  const std::optional<Instant> wake = next_wake(now);
  inbox_->look_at(next_look(wake));
  return wake;
}

void Scheduler::take_in_ended(std::vector<Inbox::Ended>&& ended, Instant now) {
  for (auto& [number, result] : ended) {
    const auto it = attempts_.find(number);
    const Attempt& attempt = it->second;
    const Backoff& backoff = attempt.backoff ? *attempt.backoff : settings_.backoff;
    Transition transition =
        after_attempt(attempt.delivery, result, backoff, attempt.next_fire_time, now, random_());
    watch_.attempt({attempt.delivery, attempt.target, result, transition});
    const auto* retry = std::get_if<RetryAt>(&transition);
    // The job may have been resumed under the delivery, which then hid its next fire time.
    std::optional<Instant> then_due;
    if (retry != nullptr) {
      then_due = retry->due;
    } else if (attempt.may_fire_again) {
      then_due = now;
    }
    writer_.add({attempt.delivery, attempt.token, attempt.started, now, std::move(result),
                 std::move(transition)},
                then_due);
    queues_.finished(attempt.target, now - attempt.started, now);
    attempts_.erase(it);
  }
}

void Scheduler::take_in_claims(Result<Claims> claims, Instant now) {
  const Instant asked_at = *std::exchange(asked_at_, std::nullopt);
  if (!claims) {
    claim_pause_.begin(now);
    expect(Instant::min());
    return;
  }
  expect(claims->next_due);
  // Due, yet nothing to claim: asking again at once could only give the same answer.
  const bool nothing =
      claims->claims.empty() && claims->skipped.empty() && claims->deferred.empty();
  if (nothing && claims->next_due && *claims->next_due <= asked_at) {
    claim_pause_.begin(now);
  }
  for (const Skipped& skipped : claims->skipped)
    watch_.skipped(skipped);
  for (const Deferred& deferred : claims->deferred)
    queues_.put_off(deferred);
  for (Claim& claim : claims->claims) {
    queues_.add(std::move(claim), now);
  }
}

void Scheduler::start_waiting(Instant now) {
  while (attempts_.size() < settings_.concurrency) {
    std::optional<HostQueues::Taken> taken = queues_.take(now);
    if (!taken) return;
    start(std::move(*taken), now);
  }
}

void Scheduler::start(HostQueues::Taken taken, Instant now) {
  const Claim& claim = taken.claim;
  const JobSpec& spec = claim.job.spec;
  Callback callback = make_callback(claim.job, claim.delivery, now);
  add_signature(callback, claim.secrets);
  watch_.started(claim.delivery, now);
  const std::uint64_t number = ++last_attempt_;
  Attempt attempt{.delivery = claim.delivery,
                  .token = claim.token,
                  .target = std::move(taken.target),
                  .next_fire_time = claim.job.next,
                  .may_fire_again = claim.job.next || spec.paused ||
                                    std::holds_alternative<Recurring>(spec.schedule),
                  .started = now,
                  .backoff = {}};
  if (spec.retry) attempt.backoff = backoff_of(*spec.retry, settings_.backoff);
  attempts_.emplace(number, std::move(attempt));
  const Millis timeout = spec.timeout ? Millis{*spec.timeout} : settings_.timeout;
  deliverer_.start(
      {std::move(callback.method), std::move(callback.url), std::move(callback.headers),
       std::move(callback.body), std::min(settings_.connect_timeout, timeout), timeout},
      [inbox = inbox_, number](AttemptResult result) {
        inbox->put_ended(number, std::move(result));
      });
}

// An attempt of the longer timeout could outlive the lease of a claim that was made before.
void Scheduler::renew_leases(Instant now) {
  if (!short_leases_) return;
  queues_.hand_back_all(now);
  short_leases_ = asked_at_.has_value();  // the claims under way have such leases, too
}

// Sees to it that no claim outlives its lease in a queue, and that the queues of full targets do
// not take all the room there is.
void Scheduler::relieve_queues(Instant now) {
  if (queues_.waiting() == 0) {
    sweep_.stop();
  } else if (!sweep_.begun()) {
    sweep_.begin(now);
  } else if (!sweep_.end(now)) {
    queues_.hand_back_stale(kLongestWait, now);
    sweep_.begin(now);
  }

  if (!crowded(now)) {
    patience_.stop();
  } else if (!patience_.begun()) {
    patience_.begin(now);
  } else if (!patience_.end(now)) {
    queues_.defer_surplus(settings_.concurrency / 2, now);
    patience_.stop();
  }
}

// Puts a claim that was not started back into the store; its attempt does not count.
void Scheduler::hand_back(const Claim& claim, Instant earliest, Instant now) {
  const Instant due = std::max(earliest, claim.delivery.fire_time);
  writer_.add({claim.delivery, claim.token, std::nullopt, now,
               AttemptResult{.outcome = Outcome::kInterrupted, .fault = Fault::kInterrupted},
               RetryAt{due, claim.delivery.attempt}},
              due);
}

void Scheduler::ask_for_work(Instant now) {
  if (!wants_work() || *next_due_ > now || claim_pause_.end(now)) return;
  asked_at_ = now;
  next_due_.reset();  // the answer brings it anew; notices until then are kept
  const Millis lease = kLongestWait + settings_.timeout + kLeaseMargin;
  std::vector<FullTarget> full = queues_.full_targets(now);
  const std::size_t most = full.empty() ? kMostAtOnce : kMostBesideFull;
  store_.claim_due(
      now, std::min(room(), most), settings_.misfire_threshold, {instance_, lease, std::move(full)},
      [inbox = inbox_](Result<Claims> claims) { inbox->put_claims(std::move(claims)); });
}

// How many more claims may be held. As many may wait as may be in flight, so that a place that
// becomes free is taken at once; outcomes count until they are in the store, which bounds memory
// while it fails.
std::size_t Scheduler::room() const {
  const std::size_t held = attempts_.size() + queues_.waiting() + writer_.unrecorded();
  const std::size_t most = 2 * settings_.concurrency;
  return most > held ? most - held : 0;
}

// Claims come in batches: a transaction for a single claim costs as much as one for many.
bool Scheduler::has_room() const {
  return room() >= std::max<std::size_t>(settings_.concurrency / 8, 1);
}

bool Scheduler::wants_work() const {
  return !draining_ && !asked_at_ && next_due_ && has_room();
}

// More is due than can be claimed, although more could be in flight: what waits is in the way.
bool Scheduler::crowded(Instant now) const {
  return !asked_at_ && !wants_work() && next_due_ && *next_due_ <= now &&
         attempts_.size() < settings_.concurrency && queues_.waiting() > settings_.concurrency / 2;
}

std::optional<Instant> Scheduler::next_wake(Instant now) {
  std::optional<Instant> wake = earlier(writer_.next_wake(now), set_back_.next_wake(now));
  if (wants_work()) wake = earlier(wake, std::max(*next_due_, claim_pause_.end(now).value_or(now)));
  if (queues_.waiting() > 0) wake = earlier(wake, sweep_.end(now));
  return earlier(wake, patience_.end(now));
}

// From when on what has been noticed will be looked at even if nothing wakes the scheduler.
Instant Scheduler::next_look(std::optional<Instant> wake) const {
  if (draining_) return Instant::max();  // it comes to rest only when all is taken in
  if (asked_at_ || !has_room()) return Instant::min();  // an answer or the end of an attempt wakes
  return next_due_ ? *wake : Instant::max();
}

void Scheduler::notice(Instant due) {
  inbox_->notice(due);
}

void Scheduler::drain() {
  draining_ = true;
}

bool Scheduler::idle() const {
  return draining_ && attempts_.empty() && queues_.waiting() == 0 && writer_.unrecorded() == 0 &&
         !asked_at_ && inbox_->empty();
}

std::size_t Scheduler::in_flight() const {
  return attempts_.size();
}

}  // namespace jobsched
