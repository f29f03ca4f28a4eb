#include "tests/support/memory_store.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "core/delivery/callback.h"
#include "core/job/rearm.h"

namespace jobsched::testing {

namespace {

constexpr std::size_t kMostQueued = 50'000;
constexpr std::size_t kMostInGroup = 1'024;

class SnapshotCursor final : public JobIdCursor {
 public:
  explicit SnapshotCursor(std::vector<JobId> ids) : ids_(std::move(ids)) {}

  std::uint64_t count() const override { return ids_.size(); }

  Result<std::vector<JobId>> next(std::size_t max) override {
    const std::size_t end = std::min(ids_.size(), position_ + std::min(max, ids_.size()));
    const auto at = [this](std::size_t i) { return ids_.begin() + static_cast<std::ptrdiff_t>(i); };
    std::vector<JobId> piece(at(position_), at(end));
    position_ = end;
    return piece;
  }

 private:
  std::vector<JobId> ids_;
  std::size_t position_ = 0;
};

std::optional<std::uint64_t> rules_of(const std::shared_ptr<const Zone>& zone) {
  return zone ? std::optional{fingerprint(*zone)} : std::nullopt;
}

bool is_recurring_in(const Job& job, const std::string& zone) {
  return std::holds_alternative<Recurring>(job.spec.schedule) && job.spec.timezone == zone;
}

tl::unexpected<Error> no_such_job() {
  return fail(ErrorKind::kNotFound, "there is no such job");
}

}  // namespace

template <class T>
void MemoryStore::submit(Done<T> done, std::function<Result<T>()> change) {
  {
    const std::lock_guard lock(mutex_);
    if (events_.size() < kMostQueued) {
      events_.emplace_back([done = std::move(done), change = std::move(change)] {
        return [done, result = change()] { done(result); };
      });
      events_changed_.notify_one();
      return;
    }
  }
  done(fail(ErrorKind::kUnavailable, "too much is queued; try again later"));
}

void MemoryStore::create(Job job, Done<Created> done) {
  submit<Created>(std::move(done), [this, job = std::move(job)] { return create_one(job); });
}

void MemoryStore::create_all(std::vector<Job> jobs, Done<std::vector<Created>> done) {
  submit<std::vector<Created>>(std::move(done),
                               [this, jobs = std::move(jobs)] { return create_each(jobs); });
}

void MemoryStore::create_once(IdempotencyKey key,
                              std::vector<Job> jobs,
                              Instant now,
                              Done<CreatedOnce> done) {
  submit<CreatedOnce>(std::move(done), [=, this]() -> Result<CreatedOnce> {
    auto before = keys_.find(key, now);
    if (!before) return tl::unexpected(before.error());
    if (*before) return **before;
    if (!may_get_more(key.account)) return fail(ErrorKind::kForbidden, "the account is gone");
    return create_each(jobs).map([&](std::vector<Created> created) {
      return keys_.keep(key, {std::move(created), now});
    });
  });
}

Result<std::optional<CreatedOnce>> MemoryStore::find_created(const IdempotencyKey& key,
                                                             Instant now) const {
  const std::lock_guard lock(mutex_);
  return keys_.find(key, now);
}

Result<std::vector<Created>> MemoryStore::create_each(const std::vector<Job>& jobs) {
  const auto before = std::tuple(jobs_, outstanding_, zones_);
  std::vector<Created> all;
  for (const Job& job : jobs) {
    const Result<Created> created = create_one(job);
    if (!created) {
      std::tie(jobs_, outstanding_, zones_) = before;
      return tl::unexpected(created.error());
    }
    all.push_back(*created);
  }
  return all;
}

void MemoryStore::replace(std::string account,
                          JobId id,
                          JobVersions expected,
                          JobSpec spec,
                          std::optional<Instant> next,
                          Instant now,
                          Done<void> done) {
  submit<void>(std::move(done), [=, this]() -> Result<void> {
    Job* job = owned_job(account, id);
    if (job == nullptr) return no_such_job();
    if (!is_expected(expected, job->spec)) return changed_meanwhile(id);
    return replace_one(*job, spec, next, now);
  });
}

bool MemoryStore::may_get_more(const std::string& account) const {
  return accounts_.empty() || accounts_.contains(account);
}

Result<Created> MemoryStore::create_one(const Job& job) {
  if (!may_get_more(job.account)) return fail(ErrorKind::kForbidden, "the account is gone");
  if (const Job* named = named_job(job.account, job.spec)) {
    const JobId id = named->id;
    return replace_one(jobs_.at(id), job.spec, job.next, id_time(job.id)).map([&] {
      return Created{id, true};
    });
  }
  if (jobs_per_account_ > 0 && jobs_of(job.account) >= jobs_per_account_) {
    return fail(ErrorKind::kForbidden, "the account has as many jobs as it may have");
  }
  if (!jobs_.emplace(job.id, job).second) {
    return fail(ErrorKind::kConflict, "there is a job of this id already", "id");
  }
  note_zone(job.spec);
  return Created{job.id};
}

Result<void> MemoryStore::replace_one(Job& job,
                                      const JobSpec& spec,
                                      std::optional<Instant> next,
                                      Instant now) {
  const Job* named = named_job(job.account, spec);
  if (named != nullptr && named != &job) {
    return fail(ErrorKind::kConflict, "job " + format_job_id(named->id) + " has this name", "name");
  }
  begin_epoch_before(job, next);
  job.spec = spec;
  job.next = next;
  job.pause_reason.reset();
  note_zone(spec);
  end_outstanding(job.id, DeliveryState::kSuperseded, "the job was replaced", now);
  return {};
}

void MemoryStore::remove(
    std::string account, JobId id, JobVersions expected, Instant now, Done<void> done) {
  submit<void>(std::move(done), [=, this]() -> Result<void> {
    const Job* job = owned_job(account, id);
    if (job == nullptr) return no_such_job();
    if (!is_expected(expected, job->spec)) return changed_meanwhile(id);
    end_outstanding(id, DeliveryState::kCancelled, "the job was deleted", now);
    jobs_.erase(id);
    return {};
  });
}

void MemoryStore::remove_all(std::string account,
                             std::vector<JobId> ids,
                             Instant now,
                             Done<std::vector<JobId>> done) {
  submit<std::vector<JobId>>(std::move(done), [=, this]() -> Result<std::vector<JobId>> {
    std::vector<JobId> unknown;
    for (const JobId& id : ids) {
      if (owned_job(account, id) == nullptr) {
        unknown.push_back(id);
        continue;
      }
      end_outstanding(id, DeliveryState::kCancelled, "the job was deleted", now);
      jobs_.erase(id);
    }
    return unknown;
  });
}

void MemoryStore::fire_now(std::string account, JobId id, Instant now, Done<LoggedDelivery> done) {
  submit<LoggedDelivery>(std::move(done), [=, this] { return fire_one(account, id, now); });
}

void MemoryStore::pause(std::string account, JobId id, Done<Job> done) {
  submit<Job>(std::move(done), [=, this]() -> Result<Job> {
    Job* job = owned_job(account, id);
    if (job == nullptr) return no_such_job();
    if (!job->spec.paused && !job->next) {
      return fail(ErrorKind::kConflict, "the job has no fire time left");
    }
    job->spec.paused = true;
    job->pause_reason.reset();
    job->next.reset();
    return *job;
  });
}

// Tells its firings from `next` on apart from those at the same times before.
void MemoryStore::begin_epoch_before(Job& job, std::optional<Instant> next) {
  const auto fired = fired_.find(job.id);
  if (fired != fired_.end() && next && *next <= fired->second) ++job.epoch;
}

void MemoryStore::resume(std::string account, JobId id, Instant now, Done<Job> done) {
  submit<Job>(std::move(done), [=, this]() -> Result<Job> {
    Job* job = owned_job(account, id);
    if (job == nullptr) return no_such_job();
    if (!job->spec.paused) return *job;
    const Once* once = std::get_if<Once>(&job->spec.schedule);
    const auto next =
        once != nullptr ? std::optional{once->when} : next_fire_time(job->spec.schedule, now);
    if (!next) return fail(ErrorKind::kConflict, "the job has no fire time left");
    begin_epoch_before(*job, next);
    job->spec.paused = false;
    job->pause_reason.reset();
    job->next = next;
    return *job;
  });
}

void MemoryStore::retry(std::string account,
                        Delivery delivery,
                        Instant now,
                        Done<LoggedDelivery> done) {
  submit<LoggedDelivery>(std::move(done), [=, this] { return retry_one(account, delivery, now); });
}

std::optional<Error> MemoryStore::conflict_of(JobId id) const {
  if (!outstanding_.contains(id)) return std::nullopt;
  return fail(ErrorKind::kConflict, "a delivery of the job is outstanding").value();
}

Result<LoggedDelivery> MemoryStore::fire_one(const std::string& account, JobId id, Instant now) {
  const Job* job = owned_job(account, id);
  if (job == nullptr) return no_such_job();
  if (const auto conflict = conflict_of(id)) return tl::unexpected(*conflict);
  Delivery delivery{id, now, 1, job->epoch};
  Instant& fire_time = delivery.fire_time;
  while (fire_time.time_since_epoch() % Millis{1'000} == Millis{0} || fire_time == job->next ||
         log_.find(account, delivery, {})) {
    fire_time += Millis{1};
  }
  const auto fired = fired_.try_emplace(id, fire_time).first;
  fired->second = std::max(fired->second, fire_time);
  outstanding_.emplace(id, Outstanding{delivery, fire_time, {}});
  return *log_.find(account, delivery, outstanding_of(account));
}

Result<LoggedDelivery> MemoryStore::retry_one(const std::string& account,
                                              const Delivery& key,
                                              Instant now) {
  const auto found = log_.find(account, key, outstanding_of(account));
  if (!found) return fail(ErrorKind::kNotFound, "there is no such delivery");
  const JobId id = key.job;
  const Instant due = std::max(now, key.fire_time);
  if (found->state == DeliveryState::kWaiting) {
    outstanding_.at(id).due = due;
  } else if (found->state == DeliveryState::kExhausted ||
             found->state == DeliveryState::kSuperseded) {
    if (const auto conflict = conflict_of(id)) return tl::unexpected(*conflict);
    if (!jobs_.contains(id)) {
      auto retired = retired_.extract(id);
      if (!retired) return fail(ErrorKind::kConflict, "the job was deleted");
      Job& job = retired.mapped();
      if (named_job(account, job.spec) != nullptr) job.spec.name.reset();
      jobs_.emplace(id, std::move(job));
    }
    Delivery again = found->delivery;
    ++again.attempt;
    outstanding_.emplace(id, Outstanding{again, due, {}});
  } else {
    return fail(ErrorKind::kConflict, "there is nothing to repeat");
  }
  return *log_.find(account, key, outstanding_of(account));
}

void MemoryStore::end_outstanding(JobId id, DeliveryState state, std::string reason, Instant at) {
  const auto found = outstanding_.find(id);
  if (found == outstanding_.end()) return;
  Delivery ended = found->second.delivery;
  if (!found->second.lease) --ended.attempt;  // it was not made
  log_.note_end(jobs_.at(id).account, ended, state, std::move(reason), at);
  outstanding_.erase(found);
}

MemoryLog::OutstandingByJob MemoryStore::outstanding_of(std::string_view account) const {
  MemoryLog::OutstandingByJob all;
  for (const auto& [id, entry] : outstanding_) {
    if (jobs_.at(id).account == account) {
      all.emplace(id, MemoryLog::Outstanding{entry.delivery, entry.due, entry.lease.has_value()});
    }
  }
  return all;
}

void MemoryStore::claim_due(Instant now,
                            std::size_t limit,
                            Millis misfire_threshold,
                            Claimant claimant,
                            Done<Claims> done) {
  submit<Claims>(std::move(done), [=, this]() -> Result<Claims> {
    return claim(now, limit, misfire_threshold, claimant);
  });
}

void MemoryStore::record(std::vector<AttemptRecord> records, Done<void> done) {
  submit<void>(std::move(done), [this, records = std::move(records)]() -> Result<void> {
    for (const AttemptRecord& record : records)
      record_one(record);
    return {};
  });
}

void MemoryStore::prune(Instant before, Done<Pruned> done) {
  submit<Pruned>(std::move(done), [this, before]() -> Result<Pruned> {
    const Pruned pruned = log_.prune(before);
    std::erase_if(retired_, [this](const auto& entry) { return !log_.knows(entry.first); });
    return pruned;
  });
}

void MemoryStore::rezone(Rezoning rezoning, Instant now, Done<Rezoned> done) {
  submit<Rezoned>(std::move(done), [this, rezoning, now]() -> Result<Rezoned> {
    Rezoned result;
    bool used = false;
    for (auto entry = jobs_.begin(); entry != jobs_.end();) {
      Job& job = (entry++)->second;
      if (!is_recurring_in(job, rezoning.zone)) continue;
      if (rezone_one(job, rezoning, now, result)) {
        used = true;
      } else {
        jobs_.erase(JobId{job.id});
      }
    }
    zones_.erase(rezoning.zone);
    if (used) zones_.emplace(rezoning.zone, rules_of(rezoning.rules));
    return result;
  });
}

void MemoryStore::rearm(Rearming rearming, Done<Rearmed> done) {
  submit<Rearmed>(std::move(done), [this, rearming]() -> Result<Rearmed> {
    Rearmed result;
    for (auto& [id, job] : jobs_) {
      const std::optional<Instant> next = jobsched::rearm(job, rearming.before, rearming.now);
      if (!next) continue;
      job.next = next;
      ++job.epoch;
      ++result.jobs;
      result.next_due = earlier(result.next_due, next);
      const auto found = outstanding_.find(id);
      const bool later =
          found != outstanding_.end() && found->second.delivery.fire_time > rearming.now;
      if (later) {
        end_outstanding(id, DeliveryState::kSuperseded, "the clock was set back", rearming.now);
      }
    }
    for (auto& [id, entry] : outstanding_) {
      if (entry.lease) continue;
      const Instant due = entry.due - (rearming.before - rearming.now);
      entry.due = std::max(due, entry.delivery.fire_time);
      result.next_due = earlier(result.next_due, entry.due);
    }
    last_claim_ = rearming.now;
    return result;
  });
}

void MemoryStore::rotate_secret(
    std::string account, SigningSecret secret, Instant now, Millis overlap, Done<void> done) {
  submit<void>(std::move(done), [=, this]() -> Result<void> {
    if (!may_get_more(account)) return fail(ErrorKind::kForbidden, "the account is gone");
    std::vector<AccountSecret>& secrets = secrets_[account];
    secrets.insert(secrets.begin(), {secret, now});
    secrets.resize(std::min<std::size_t>(secrets.size(), 2), secrets.front());
    if (secrets.size() == 2) secrets.back().ends = now + overlap;
    return {};
  });
}

void MemoryStore::remove_secrets(std::string account, Done<void> done) {
  submit<void>(std::move(done), [=, this]() -> Result<void> {
    secrets_.erase(account);
    return {};
  });
}

void MemoryStore::add_account(std::string name, KeyHash key, Instant now, Done<void> done) {
  submit<void>(std::move(done), [=, this]() -> Result<void> {
    if (accounts_.contains(name)) return fail(ErrorKind::kConflict, "there is such an account");
    accounts_.emplace(name, Account{name, key, now});
    return {};
  });
}

void MemoryStore::rotate_key(std::string name, KeyHash key, Done<void> done) {
  submit<void>(std::move(done), [=, this]() -> Result<void> {
    const auto found = accounts_.find(name);
    if (found == accounts_.end()) return fail(ErrorKind::kNotFound, "there is no such account");
    found->second.key = key;
    return {};
  });
}

void MemoryStore::remove_account(AccountRemoval removal, Done<void> done) {
  submit<void>(std::move(done),
               [this, removal = std::move(removal)] { return remove_one(removal); });
}

Result<void> MemoryStore::remove_one(const AccountRemoval& removal) {
  const std::string& name = removal.name;
  if (!accounts_.contains(name)) return fail(ErrorKind::kNotFound, "there is no such account");
  if (!removal.last_too && accounts_.size() == 1) {
    return fail(ErrorKind::kConflict, "it is the last account");
  }
  if (!removal.with_jobs && jobs_of(name) > 0) return fail(ErrorKind::kConflict, "it has jobs");
  const auto is_of_account = [&](const auto& entry) { return entry.second.account == name; };
  std::erase_if(outstanding_,
                [&](const auto& entry) { return jobs_.at(entry.first).account == name; });
  std::erase_if(jobs_, is_of_account);
  std::erase_if(retired_, is_of_account);
  log_.forget(name);
  secrets_.erase(name);
  keys_.drop(name);
  accounts_.erase(name);
  return {};
}

std::uint64_t MemoryStore::jobs_of(std::string_view account) const {
  return static_cast<std::uint64_t>(std::ranges::count_if(
      jobs_, [&](const auto& entry) { return entry.second.account == account; }));
}

Result<std::vector<Account>> MemoryStore::accounts() const {
  const std::lock_guard lock(mutex_);
  std::vector<Account> accounts;
  for (const auto& [name, account] : accounts_) {
    accounts.push_back(account);
    accounts.back().jobs = jobs_of(name);
  }
  return accounts;
}

std::vector<AccountSecret> MemoryStore::secrets_in_use(std::string_view account,
                                                       Instant now) const {
  const auto found = secrets_.find(account);
  std::vector<AccountSecret> secrets =
      found == secrets_.end() ? std::vector<AccountSecret>{} : found->second;
  std::erase_if(secrets, [&](const AccountSecret& one) { return one.ends && *one.ends <= now; });
  return secrets;
}

Result<std::vector<AccountSecret>> MemoryStore::secrets(std::string_view account,
                                                        Instant now) const {
  const std::lock_guard lock(mutex_);
  return secrets_in_use(account, now);
}

Result<std::optional<Instant>> MemoryStore::last_claim() const {
  const std::lock_guard lock(mutex_);
  return last_claim_;
}

void MemoryStore::note_zone(const JobSpec& spec) {
  const Recurring* recurring = std::get_if<Recurring>(&spec.schedule);
  if (recurring != nullptr && spec.timezone) {
    zones_.emplace(*spec.timezone, rules_of(recurring->zone));
  }
}

// Whether the job goes on.
bool MemoryStore::rezone_one(Job& job, const Rezoning& rezoning, Instant now, Rezoned& done) {
  std::get<Recurring>(job.spec.schedule).zone = rezoning.rules;
  const bool paused_by_user = job.spec.paused && !job.pause_reason;
  if (paused_by_user) return true;
  if (!rezoning.rules) {
    if (job.spec.paused || !job.next) return true;
    ++done.paused;
    job.spec.paused = true;
    job.pause_reason = missing_zone_reason(rezoning.zone);
    job.next.reset();
    return true;
  }
  const std::optional<Instant> next = next_fire_time(job.spec.schedule, now);
  if (job.spec.paused) {
    ++done.resumed;
    begin_epoch_before(job, next);
    job.spec.paused = false;
    job.pause_reason.reset();
  } else if (!job.next || *job.next <= now || job.next == next) {
    return true;
  } else {
    ++done.moved;
  }
  job.next = next;
  done.next_due = earlier(done.next_due, next);
  return next || outstanding_.contains(job.id);
}

Job* MemoryStore::owned_job(const std::string& account, JobId id) {
  const auto found = jobs_.find(id);
  return found != jobs_.end() && found->second.account == account ? &found->second : nullptr;
}

const Job* MemoryStore::named_job(const std::string& account, const JobSpec& spec) const {
  if (!spec.name) return nullptr;
  const auto found = std::ranges::find_if(jobs_, [&](const auto& entry) {
    return entry.second.account == account && entry.second.spec.name == spec.name;
  });
  return found == jobs_.end() ? nullptr : &found->second;
}

// A quarter for the jobs that came due last, where there are as many.
void MemoryStore::keep_first_and_latest(std::vector<DueTime>& due, std::size_t limit) const {
  const auto cut = due.begin() + static_cast<std::ptrdiff_t>(limit);
  std::vector<DueTime> latest(cut, due.end());
  due.erase(cut, due.end());
  std::erase_if(latest, [&](const DueTime& one) {
    return outstanding_.contains(one.second) || (!due.empty() && one.first <= due.back().first);
  });
  const auto kept = static_cast<std::ptrdiff_t>(std::min(latest.size(), limit / 4));
  due.erase(due.end() - kept, due.end());
  due.insert(due.end(), latest.end() - kept, latest.end());
}

Claims MemoryStore::claim(Instant now,
                          std::size_t limit,
                          Millis misfire_threshold,
                          Claimant claimant) {
  std::vector<DueTime> due;
  for (const auto& [id, entry] : outstanding_) {
    const bool free = !entry.lease || entry.lease->instance != claimant.instance;
    if (free && entry.due <= now) due.emplace_back(entry.due, id);
  }
  for (const auto& [id, job] : jobs_) {
    if (job.next && *job.next <= now && !outstanding_.contains(id)) due.emplace_back(*job.next, id);
  }
  std::ranges::stable_sort(due, {}, &DueTime::first);
  if (due.size() > limit) keep_first_and_latest(due, limit);

  Claims claims;
  for (const auto& [time, id] : due) {
    if (!outstanding_.contains(id)) {
      if (!fire(jobs_.at(id), now, misfire_threshold)) {
        claims.skipped.push_back({id, time});
        continue;
      }
      ++claims.fired;
    }
    Outstanding& entry = outstanding_.at(id);
    const std::string target = callback_target(jobs_.at(id).spec.url);
    const auto full = std::ranges::find(claimant.full, target, &FullTarget::target);
    if (full != claimant.full.end()) {
      entry.lease.reset();
      entry.due = full->take_slot();
      claims.deferred.push_back({entry.delivery, target, entry.due});
      continue;
    }
    entry.lease = Lease{claimant.instance, ++last_token_};
    entry.due = now + claimant.lease + jobs_.at(id).spec.timeout.value_or(std::chrono::seconds{0});
    claims.claims.push_back({entry.delivery, last_token_, jobs_.at(id)});
    Claim& claim = claims.claims.back();
    for (const AccountSecret& one : secrets_in_use(claim.job.account, now))
      claim.secrets.push_back(one.secret);
  }
  claims.next_due = next_due(claimant.instance);
  if (!due.empty()) last_claim_ = std::max(last_claim_, {now});
  return claims;
}

// Whether it has a delivery now; otherwise it has skipped, and is gone if it never fires again.
bool MemoryStore::fire(Job& job, Instant now, Millis misfire_threshold) {
  const Firing firing = jobsched::fire(job, now, misfire_threshold);
  const auto note_skipped = [&](Instant fire_time) {
    log_.note_end(job.account, {job.id, fire_time, 0, job.epoch}, DeliveryState::kSkipped,
                  "a misfire", now);
  };
  if (!firing.fire_time) note_skipped(*job.next);
  if (firing.made_up_for) note_skipped(*firing.made_up_for);
  job.next = firing.next;
  if (firing.fire_time) {
    fired_[job.id] = std::max(fired_[job.id], *firing.fire_time);
    const Delivery delivery{job.id, *firing.fire_time, 1, job.epoch};
    outstanding_.emplace(job.id, Outstanding{delivery, *firing.fire_time, {}});
  } else if (!firing.next) {
    jobs_.erase(JobId{job.id});
  }
  return firing.fire_time.has_value();
}

void MemoryStore::record_one(const AttemptRecord& record) {
  const auto found = outstanding_.find(record.delivery.job);
  if (found == outstanding_.end()) return;
  Outstanding& entry = found->second;
  if (!entry.lease || entry.lease->token != record.token) return;
  const auto job = jobs_.find(record.delivery.job);
  log_.note(job->second.account, record);
  if (const auto* retry = std::get_if<RetryAt>(&record.transition)) {
    entry.lease.reset();
    entry.due = retry->due;
    entry.delivery.attempt = retry->attempt;
    return;
  }
  outstanding_.erase(found);
  if (job->second.next || job->second.spec.paused) return;
  if (std::holds_alternative<Exhausted>(record.transition)) {
    retired_.insert_or_assign(job->first, job->second);
  }
  jobs_.erase(job);
}

// What waits for `claimant`: its own leases end by its own records.
std::optional<Instant> MemoryStore::next_due(std::optional<std::uint64_t> claimant) const {
  std::optional<Instant> earliest;
  for (const auto& [id, entry] : outstanding_) {
    if (entry.lease && (!claimant || entry.lease->instance == *claimant)) continue;
    earliest = earlier(earliest, entry.due);
  }
  for (const auto& [id, job] : jobs_) {
    if (!outstanding_.contains(id)) earliest = earlier(earliest, job.next);
  }
  return earliest;
}

Result<std::optional<Job>> MemoryStore::find(std::string_view account, JobId id) const {
  const std::lock_guard lock(mutex_);
  const auto found = jobs_.find(id);
  if (found == jobs_.end() || found->second.account != account) return std::nullopt;
  return found->second;
}

Result<std::unique_ptr<JobIdCursor>> MemoryStore::list(std::string_view account,
                                                       std::optional<JobId> after,
                                                       std::optional<std::uint64_t> limit) const {
  const std::lock_guard lock(mutex_);
  std::vector<JobId> ids;
  for (auto it = after ? jobs_.upper_bound(*after) : jobs_.begin(); it != jobs_.end(); ++it) {
    if (limit && ids.size() >= *limit) break;
    if (it->second.account == account) ids.push_back(it->first);
  }
  return std::make_unique<SnapshotCursor>(std::move(ids));
}

Result<std::optional<LoggedDelivery>> MemoryStore::find_delivery(std::string_view account,
                                                                 const Delivery& delivery) const {
  const std::lock_guard lock(mutex_);
  return log_.find(account, delivery, outstanding_of(account));
}

Result<std::vector<LoggedDelivery>> MemoryStore::deliveries(std::string_view account,
                                                            const DeliveryFilter& filter,
                                                            std::optional<Delivery> after,
                                                            std::size_t limit) const {
  const std::lock_guard lock(mutex_);
  return log_.list(account, filter, after, limit, outstanding_of(account));
}

Result<std::vector<ZoneInUse>> MemoryStore::zones() const {
  const std::lock_guard lock(mutex_);
  std::vector<ZoneInUse> zones;
  for (const auto& [name, rules] : zones_)
    zones.push_back({name, rules});
  return zones;
}

Result<StoreCounts> MemoryStore::counts() const {
  const std::lock_guard lock(mutex_);
  return StoreCounts{jobs_.size(), next_due({})};
}

bool MemoryStore::commit_group() {
  std::vector<std::function<void()>> completions;
  {
    const std::lock_guard lock(mutex_);
    while (!events_.empty() && completions.size() < kMostInGroup) {
      completions.push_back(events_.front()());
      events_.pop_front();
    }
  }
  for (const auto& complete : completions)
    complete();
  return !completions.empty();
}

void MemoryStore::wait_for_events() {
  std::unique_lock lock(mutex_);
  events_changed_.wait(lock, [this] { return stopped_waiting_ || !events_.empty(); });
}

void MemoryStore::stop_waiting() {
  const std::lock_guard lock(mutex_);
  stopped_waiting_ = true;
  events_changed_.notify_all();
}

void MemoryStore::crash() {
  const std::lock_guard lock(mutex_);
  events_.clear();
  for (auto& [id, entry] : outstanding_) {
    if (!entry.lease) continue;
    entry.lease.reset();
    entry.due = entry.delivery.fire_time;
  }
}

}  // namespace jobsched::testing
