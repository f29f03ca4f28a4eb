#include "tests/support/witness.h"

#include <algorithm>
#include <utility>

#include <doctest/doctest.h>

namespace jobsched::testing {

namespace {

using namespace std::chrono_literals;

// A `Done` that lets `note` see what was done before `done` does.
template <class T, class Note>
Done<T> noting(Done<T> done, Note note) {
  return [done = std::move(done), note = std::move(note)](Result<T> result) {
    note(result);
    done(std::move(result));
  };
}

// Whether the store has looked: it may also be closed first.
template <class T>
bool answered(const Result<T>& result) {
  return result || result.error().kind == ErrorKind::kNotFound ||
         result.error().kind == ErrorKind::kConflict;
}

}  // namespace

Witness::Account Witness::open_account(const JobSpec& spec, std::optional<Instant> next) {
  return {.url = spec.url,
          .name = spec.name,
          .recurring = std::holds_alternative<Recurring>(spec.schedule),
          .skips = spec.misfire == Misfire::kSkip,
          .when = std::holds_alternative<Once>(spec.schedule)
                      ? std::optional{std::get<Once>(spec.schedule).when}
                      : std::nullopt,
          .next = next};
}

Instant Witness::first_after(Instant time) {
  return Instant{std::chrono::floor<std::chrono::duration<std::int64_t, std::ratio<600>>>(
             time.time_since_epoch())} +
         kPeriod;
}

// After a fire time that is found at `now`.
std::optional<Instant> Witness::next_after(const Account& job, Instant now) {
  if (!job.recurring) return std::nullopt;
  return now - *job.next > kMisfire ? first_after(now) : *job.next + kPeriod;
}

void Witness::crash(Store& store) {
  stand_before(store);
  attempts_.crash();
  for (auto& [id, job] : jobs_) {
    if (!job.owed || !job.owed->token) continue;
    job.owed->token.reset();
    job.owed->due = job.owed->fire_time;
  }
}

void Witness::note_start(const std::string& webhook_id, std::uint32_t attempt, Instant now) {
  CAPTURE(webhook_id);
  CHECK_FALSE(ended_.contains(webhook_id));
  attempts_.note_start(webhook_id, attempt, now);
}

void Witness::check_end(Instant now) const {
  for (const auto& [id, job] : jobs_) {
    CAPTURE(format_job_id(id));
    CHECK(job.recurring);
    CHECK_FALSE(job.owed.has_value());
    REQUIRE(job.next.has_value());
    CAPTURE((*job.next - now).count());
    CAPTURE(job.epoch);
    CHECK(*job.next > now);
  }
  CHECK(counts()->jobs == jobs_.size());
}

void Witness::create(Job job, Done<Created> done) {
  auto note = [this, id = job.id, opened = open_account(job.spec, job.next)](const auto& created) {
    if (created) note_created(id, opened, *created);
  };
  ForwardingStore::create(std::move(job), noting(std::move(done), std::move(note)));
}

void Witness::create_all(std::vector<Job> jobs, Done<std::vector<Created>> done) {
  auto note = [this, jobs](const auto& created) {
    if (!created) return;
    REQUIRE(created->size() == jobs.size());
    for (std::size_t i = 0; i < jobs.size(); ++i)
      note_created(jobs[i].id, open_account(jobs[i].spec, jobs[i].next), created->at(i));
  };
  ForwardingStore::create_all(std::move(jobs), noting(std::move(done), std::move(note)));
}

void Witness::replace(std::string account,
                      JobId id,
                      JobVersions expected,
                      JobSpec spec,
                      std::optional<Instant> next,
                      Instant now,
                      Done<void> done) {
  auto note = [this, id, opened = open_account(spec, next)](const auto& result) {
    if (!answered(result)) return;
    const bool is_free = holder_of(opened.name).value_or(id) == id;
    CHECK(result.has_value() == (jobs_.contains(id) && is_free));
    if (result) note_replaced(id, opened);
  };
  ForwardingStore::replace(std::move(account), id, std::move(expected), std::move(spec), next, now,
                           noting(std::move(done), std::move(note)));
}

std::optional<JobId> Witness::holder_of(const std::optional<std::string>& name) const {
  const auto found = std::ranges::find_if(
      jobs_, [&](const auto& entry) { return name && entry.second.name == name; });
  return found == jobs_.end() ? std::nullopt : std::optional{found->first};
}

void Witness::note_created(JobId id, const Account& opened, const Created& created) {
  const std::optional<JobId> holder = holder_of(opened.name);
  CHECK(created == Created{holder.value_or(id), holder.has_value()});
  if (holder) {
    note_replaced(*holder, opened);
  } else {
    CHECK(jobs_.emplace(id, opened).second);
  }
}

void Witness::note_replaced(JobId id, const Account& opened) {
  supersede(id, jobs_.at(id));
  const Account old = std::exchange(jobs_.at(id), opened);
  const bool again = old.fired && jobs_.at(id).next <= old.fired;
  jobs_.at(id).epoch = old.epoch + (again ? 1 : 0);
  jobs_.at(id).fired = old.fired;
}

void Witness::remove(
    std::string account, JobId id, JobVersions expected, Instant now, Done<void> done) {
  auto note = [this, id](const auto& result) {
    if (answered(result)) CHECK(result.has_value() == (jobs_.erase(id) == 1));
  };
  ForwardingStore::remove(std::move(account), id, std::move(expected), now,
                          noting(std::move(done), std::move(note)));
}

void Witness::remove_all(std::string account,
                         std::vector<JobId> ids,
                         Instant now,
                         Done<std::vector<JobId>> done) {
  auto note = [this, ids](const auto& result) {
    if (!result) return;
    for (const JobId& id : ids)
      jobs_.erase(id);
  };
  ForwardingStore::remove_all(std::move(account), std::move(ids), now,
                              noting(std::move(done), std::move(note)));
}

void Witness::fire_now(std::string account, JobId id, Instant now, Done<LoggedDelivery> done) {
  auto note = [this, id, now](const auto& result) { note_fired_now(id, now, result); };
  ForwardingStore::fire_now(std::move(account), id, now, noting(std::move(done), std::move(note)));
}

void Witness::note_fired_now(JobId id, Instant now, const Result<LoggedDelivery>& result) {
  if (!answered(result)) return;
  const auto found = jobs_.find(id);
  const bool free = found != jobs_.end() && !found->second.owed;
  CHECK(result.has_value() == free);
  if (!result || !free) return;
  Account& job = found->second;
  const Instant fire_time = result->delivery.fire_time;
  CAPTURE(format_delivery_id(result->delivery));
  CHECK(fire_time >= now);
  CHECK(fire_time - now < 100ms);
  CHECK(fire_time != job.next);
  CHECK_FALSE(ended_.contains(format_delivery_id(result->delivery)));
  CHECK(result->delivery.epoch == job.epoch);
  job.owed = Owed{.fire_time = fire_time, .epoch = job.epoch};
  job.fired = std::max(job.fired, {fire_time});
}

void Witness::pause(std::string account, JobId id, Done<Job> done) {
  auto note = [this, id](const Result<Job>& result) {
    if (!answered(result)) return;
    const auto found = jobs_.find(id);
    const bool can = found != jobs_.end() && (found->second.paused || found->second.next);
    CHECK(result.has_value() == can);
    if (!can) return;
    found->second.paused = true;
    found->second.next.reset();
  };
  ForwardingStore::pause(std::move(account), id, noting(std::move(done), std::move(note)));
}

void Witness::resume(std::string account, JobId id, Instant now, Done<Job> done) {
  auto note = [this, id, now](const auto& result) { note_resumed(id, now, result); };
  ForwardingStore::resume(std::move(account), id, now, noting(std::move(done), std::move(note)));
}

void Witness::note_resumed(JobId id, Instant now, const Result<Job>& result) {
  if (!answered(result)) return;
  const auto found = jobs_.find(id);
  CHECK(result.has_value() == (found != jobs_.end()));
  if (!result) return;
  Account& job = found->second;
  if (std::exchange(job.paused, false)) {
    job.next = job.recurring ? first_after(now) : job.when;
    if (job.fired && job.next <= job.fired) ++job.epoch;
  }
  CHECK(result->next == job.next);
}

void Witness::retry(std::string account,
                    Delivery delivery,
                    Instant now,
                    Done<LoggedDelivery> done) {
  auto note = [this, delivery, now](const auto& result) { note_retried(delivery, now, result); };
  ForwardingStore::retry(std::move(account), delivery, now,
                         noting(std::move(done), std::move(note)));
}

void Witness::note_retried(const Delivery& key, Instant now, const Result<LoggedDelivery>& result) {
  if (!answered(result)) return;
  const std::string id = format_delivery_id(key);
  CAPTURE(id);
  const auto found = jobs_.find(key.job);
  const bool owes = found != jobs_.end() && found->second.owed;
  const bool waits = owes && !found->second.owed->token &&
                     found->second.owed->fire_time == key.fire_time &&
                     found->second.owed->epoch == key.epoch;
  const bool again =
      !owes && in_vain_.contains(id) && (found != jobs_.end() || retired_.contains(key.job));
  REQUIRE(result.has_value() == (waits || again));
  if (!result) return;
  const Instant due = std::max(now, key.fire_time);
  if (waits) {
    found->second.owed->due = due;
    return;
  }
  if (found == jobs_.end()) {
    auto back = retired_.extract(key.job);
    if (holder_of(back.mapped().name)) back.mapped().name.reset();
    jobs_.insert(std::move(back));
  }
  const Delivery last = in_vain_.extract(id).mapped();
  ended_.erase(id);
  jobs_.at(key.job).owed = Owed{key.fire_time, last.attempt + 1, key.epoch, due};
}

std::vector<Delivery> Witness::to_retry() const {
  std::vector<Delivery> deliveries;
  for (const auto& [id, delivery] : in_vain_)
    deliveries.push_back(delivery);
  for (const auto& [id, job] : jobs_) {
    if (job.owed) deliveries.push_back({id, job.owed->fire_time, 1, job.owed->epoch});
  }
  return deliveries;
}

void Witness::claim_due(Instant now,
                        std::size_t limit,
                        Millis misfire_threshold,
                        Claimant claimant,
                        Done<Claims> done) {
  auto note = [this, now, limit](const Result<Claims>& claims) {
    if (!claims) return;
    CHECK(claims->claims.size() + claims->deferred.size() <= limit);
    for (const Claim& claim : claims->claims)
      note_claim(claim, now);
    for (const Deferred& deferred : claims->deferred)
      note_deferred(deferred, now);
    for (const Skipped& skipped : claims->skipped)
      note_skipped(skipped, now);
  };
  ForwardingStore::claim_due(now, limit, misfire_threshold, claimant,
                             noting(std::move(done), std::move(note)));
}

void Witness::note_claim(const Claim& claim, Instant now) {
  CAPTURE(format_delivery_id(claim.delivery));
  Owed& owed = note_due(claim.delivery, now);
  const Account& job = jobs_.at(claim.delivery.job);
  CHECK(claim.job.spec.url == job.url);
  CHECK(claim.job.next == job.next);
  owed.token = claim.token;
  attempts_.note_claim(claim);
}

void Witness::note_deferred(const Deferred& deferred, Instant now) {
  CAPTURE(format_delivery_id(deferred.delivery));
  Owed& owed = note_due(deferred.delivery, now);
  CHECK(deferred.due > now);
  owed.due = deferred.due;
}

// What the store has found due is what is owed.
Witness::Owed& Witness::note_due(const Delivery& delivery, Instant now) {
  const auto found = jobs_.find(delivery.job);
  REQUIRE(found != jobs_.end());
  Account& job = found->second;
  CHECK_FALSE(ended_.contains(format_delivery_id(delivery)));
  if (!job.owed) note_firing(job, delivery, now);
  Owed& owed = *job.owed;
  CHECK_FALSE(owed.token.has_value());
  CHECK(owed.due <= now);
  CHECK(delivery == Delivery{delivery.job, owed.fire_time, owed.attempt, owed.epoch});
  return owed;
}

void Witness::note_firing(Account& job, const Delivery& delivery, Instant now) {
  REQUIRE(job.next.has_value());
  CHECK(delivery.fire_time == *job.next);
  CHECK(delivery.fire_time <= now);
  CHECK_FALSE((job.skips && now - *job.next > kMisfire));
  job.owed = Owed{.fire_time = *job.next, .epoch = job.epoch};
  job.fired = std::max(job.fired, job.next);
  job.next = next_after(job, now);
}

void Witness::note_skipped(const Skipped& skipped, Instant now) {
  const auto found = jobs_.find(skipped.job);
  REQUIRE(found != jobs_.end());
  Account& job = found->second;
  CHECK(job.skips);
  CHECK_FALSE(job.owed.has_value());
  CHECK(skipped.fire_time == job.next);
  CHECK(now - skipped.fire_time > kMisfire);
  job.next = next_after(job, now);
  if (!job.next) jobs_.erase(found);
}

void Witness::record(std::vector<AttemptRecord> records, Done<void> done) {
  auto note = [this, records](const auto& result) {
    if (!result) return;
    for (const AttemptRecord& record : records) {
      attempts_.note_record(record);
      note_record(record);
    }
  };
  ForwardingStore::record(std::move(records), noting(std::move(done), std::move(note)));
}

// A record without a live lease is passed over.
void Witness::note_record(const AttemptRecord& record) {
  const Delivery& delivery = record.delivery;
  const auto found = jobs_.find(delivery.job);
  if (found == jobs_.end()) return;
  Account& job = found->second;
  if (!job.owed || job.owed->fire_time != delivery.fire_time || job.owed->token != record.token) {
    return;
  }
  if (const auto* retry = std::get_if<RetryAt>(&record.transition)) {
    job.owed->attempt = retry->attempt;
    job.owed->due = retry->due;
    job.owed->token.reset();
    return;
  }
  CHECK(delivery.epoch == job.owed->epoch);
  const std::string id = format_delivery_id(delivery);
  ended_.insert(id);
  if (!std::holds_alternative<Accepted>(record.transition)) in_vain_[id] = delivery;
  job.owed.reset();
  if (job.next || job.paused) return;
  if (std::holds_alternative<Exhausted>(record.transition)) retired_[delivery.job] = job;
  jobs_.erase(found);
}

void Witness::rearm(Rearming rearming, Done<Rearmed> done) {
  ForwardingStore::rearm(rearming, noting(std::move(done), [this, rearming](const auto& result) {
                           if (result) note_rearming(rearming);
                         }));
}

// A delivery that ends without an attempt that counts may be retried by hand.
void Witness::supersede(JobId id, Account& job) {
  if (!job.owed) return;
  const std::uint32_t made = job.owed->attempt - (job.owed->token ? 0 : 1);
  const Delivery delivery{id, job.owed->fire_time, made, job.owed->epoch};
  in_vain_[format_delivery_id(delivery)] = delivery;
  job.owed.reset();
}

void Witness::note_rearming(const Rearming& rearming) {
  const Millis by = rearming.before - rearming.now;
  const bool was_wrong = by >= 3h;
  for (auto& [id, job] : jobs_) {
    if (job.owed && !job.owed->token) {
      job.owed->due = std::max(job.owed->due - by, job.owed->fire_time);
    }
    if (!job.recurring || !job.next || *job.next <= first_after(rearming.now)) continue;
    if (!was_wrong && *job.next - rearming.now <= 2 * kPeriod) continue;
    job.next = first_after(rearming.now);
    ++job.epoch;
    if (job.owed && job.owed->fire_time > rearming.now) supersede(id, job);
  }
}

}  // namespace jobsched::testing
