#include "daemon/store/writer.h"

#include <utility>

#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

#include "daemon/store/connection.h"
#include "daemon/store/job_row.h"
#include "daemon/store/log_statements.h"
#include "daemon/store/refusals.h"
#include "daemon/store/statements.h"

namespace jobsched::sql {

namespace {

// Whether the fault lies in what one event touched: the other events of its group go on.
bool concerns_one_event(const SQLite::Exception& exception, sqlite3* database) {
  if (sqlite3_get_autocommit(database) != 0) return false;  // the whole transaction is gone
  switch (exception.getErrorCode() & 0xFF) {
    case SQLITE_CONSTRAINT:
    case SQLITE_CORRUPT:
    case SQLITE_MISMATCH:
    case SQLITE_TOOBIG: return true;
    default: return false;
  }
}

}  // namespace

Writer::Writer(std::unique_ptr<SQLite::Database> database,
               ZoneLookup zones,
               std::function<void(const Error&)> damaged,
               int checkpoint_pages)
    : database_(std::move(database)),
      path_(database_->getFilename()),
      checkpoint_pages_(checkpoint_pages),
      checkpoint_at_(checkpoint_pages),
      accounts_(*database_),
      log_(*database_),
      secrets_(*database_, damaged),
      claimer_(*database_, accounts_, log_, zones, std::move(damaged)),
      control_(*database_, accounts_, zones),
      account_control_(*database_, accounts_),
      idempotency_keys_(*database_),
      rearmer_(*database_, log_, std::move(zones)),
      rezoner_(*database_, accounts_),
      create_job_(*database_, kCreateJob),
      replace_job_(*database_, kReplaceJob),
      find_named_(*database_, kFindNamed),
      remove_job_(*database_, kRemoveJob),
      retire_job_(*database_, kRetireJob),
      purge_fired_out_(*database_, kPurgeFiredOut),
      unpark_job_(*database_, kUnparkJob),
      retry_delivery_(*database_, kRetryDelivery),
      end_delivery_(*database_, kEndDelivery),
      drop_deliveries_(*database_, kDropDeliveries) {
  sqlite3_wal_hook(database_->getHandle(), note_write, this);
}

Writer::~Writer() {
  if (!broken_) allow_final_checkpoint(*database_);
}

std::optional<Failure> Writer::commit(std::span<StoreEvent> events,
                                      std::uint64_t jobs_per_account) {
  wrote_ = false;
  jobs_per_account_ = jobs_per_account;
  if (broken_) return Failure{*broken_, false};
  try {
    database_->exec("BEGIN IMMEDIATE");
    for (StoreEvent& event : events) {
      std::visit([this](auto& one) { execute(one); }, event);
    }
    accounts_.write_counts();
    database_->exec("COMMIT");
    return std::nullopt;
  } catch (const SQLite::Exception& exception) {
    const Failure failure = note(explain(exception, database_->getHandle(), path_));
    roll_back();
    return failure;
  }
}

std::optional<Failure> Writer::checkpoint_if_due() {
  if (broken_ || log_pages_ < checkpoint_at_) return std::nullopt;
  checkpoint_at_ = log_pages_ + checkpoint_pages_;
  sqlite3* handle = database_->getHandle();
  const int code =
      sqlite3_wal_checkpoint_v2(handle, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  if (code == SQLITE_OK) return std::nullopt;
  const Failure failure =
      note(explain(sqlite3_extended_errcode(handle), sqlite3_system_errno(handle),
                   sqlite3_errmsg(handle), path_));
  return failure.fatal ? std::optional{failure} : std::nullopt;
}

int Writer::note_write(void* writer, sqlite3*, const char*, int pages) {
  auto* self = static_cast<Writer*>(writer);
  if (pages < self->log_pages_) self->checkpoint_at_ = self->checkpoint_pages_;  // it began anew
  self->log_pages_ = pages;
  self->wrote_ = true;
  return SQLITE_OK;
}

// What can fail of a create without a name is one statement that changes everything or nothing: the
// hot path needs no savepoint.
void Writer::execute(CreateEvent& event) {
  if (event.job.spec.name) return execute<CreateEvent>(event);
  try {
    event.pending.result = apply(event);
  } catch (const SQLite::Exception& exception) {
    if (!concerns_one_event(exception, database_->getHandle())) throw;
    event.pending.result = tl::unexpected(explain(exception, database_->getHandle(), path_).error);
  }
}

template <class Event>
void Writer::execute(Event& event) {
  const Accounts::Counts counts = accounts_.counts();
  database_->exec("SAVEPOINT event");
  try {
    event.pending.result = apply(event);
  } catch (const SQLite::Exception& exception) {
    if (!concerns_one_event(exception, database_->getHandle())) throw;
    event.pending.result = tl::unexpected(explain(exception, database_->getHandle(), path_).error);
  }
  if (!*event.pending.result) {
    database_->exec("ROLLBACK TO event");
    forget();
    accounts_.restore(counts);
  }
  database_->exec("RELEASE event");
}

Result<Created> Writer::apply(CreateEvent& event) {
  return create(event.job);
}

Result<std::vector<Created>> Writer::apply(CreateAllEvent& event) {
  return create(event.jobs);
}

Result<CreatedOnce> Writer::apply(CreateOnceEvent& event) {
  Result<std::optional<CreatedOnce>> before = idempotency_keys_.find(event.key, event.now);
  if (!before) return tl::unexpected(std::move(before.error()));
  if (*before) return **std::move(before);
  const Result<std::int64_t> account = accounts_.find_for_more(event.key.account);
  if (!account) return tl::unexpected(account.error());
  return create(event.jobs).map([&](std::vector<Created> jobs) {
    idempotency_keys_.keep(*account, event.key, jobs, event.now);
    return CreatedOnce{std::move(jobs), event.now};
  });
}

Result<std::vector<Created>> Writer::create(const std::vector<Job>& jobs) {
  std::vector<Created> all;
  all.reserve(jobs.size());
  for (const Job& job : jobs) {
    const Result<Created> created = create(job);
    if (!created) return tl::unexpected(created.error());
    all.push_back(*created);
  }
  return all;
}

Result<Created> Writer::create(const Job& job) {
  const Result<std::int64_t> found = accounts_.find_for_more(job.account);
  if (!found) return tl::unexpected(found.error());
  const std::int64_t account = *found;
  if (const std::optional<JobId> id = find_named(account, job.spec)) {
    return replace(account, *id, job.spec, job.next, id_time(job.id)).map([&] {
      return Created{*id, true};
    });
  }
  return expect_room(account, job.account).and_then([&] { return insert(account, job); }).map([&] {
    return Created{job.id};
  });
}

Result<void> Writer::expect_room(std::int64_t account, const std::string& name) {
  if (jobs_per_account_ == 0) return {};
  return check_room(name, accounts_.jobs(account), jobs_per_account_);
}

Result<void> Writer::insert(std::int64_t account, const Job& job) {
  const SpecRow spec(job.spec);
  Run run = spec.run(create_job_, account, job.id, job.next);
  if (run.change() == 0) {
    return exists_already(job.id);
  }
  accounts_.count(account, 1);
  rezoner_.note(job.spec);
  return {};
}

std::optional<JobId> Writer::find_named(std::int64_t account, const JobSpec& spec) {
  if (!spec.name) return std::nullopt;
  Run run(find_named_, account, *spec.name);
  return run.step() ? std::optional{run.id(0)} : std::nullopt;
}

Result<void> Writer::apply(ReplaceEvent& event) {
  const std::optional<std::int64_t> account = accounts_.find(event.account);
  if (!account) return no_such_job(event.id);
  if (auto met = control_.expect(event.account, event.id, event.expected); !met) return met;
  return replace(*account, event.id, event.spec, event.next, event.now);
}

Result<void> Writer::replace(std::int64_t account,
                             const JobId& id,
                             const JobSpec& spec,
                             std::optional<Instant> next,
                             Instant now) {
  const std::optional<JobId> named = find_named(account, spec);
  if (named && *named != id) return name_taken(*spec.name, *named);
  const SpecRow row(spec);
  if (row.run(replace_job_, account, id, next).change() == 0) return no_such_job(id);
  rezoner_.note(spec);
  log_.end_dropped(Run(drop_deliveries_, id), account, id, DeliveryState::kSuperseded,
                   "the job was replaced", now);
  return {};
}

Result<void> Writer::apply(RemoveEvent& event) {
  if (auto met = control_.expect(event.account, event.id, event.expected); !met) return met;
  if (!remove(accounts_.find(event.account), event.id, event.now)) return no_such_job(event.id);
  return {};
}

Result<std::vector<JobId>> Writer::apply(RemoveAllEvent& event) {
  const std::optional<std::int64_t> account = accounts_.find(event.account);
  std::vector<JobId> unknown;
  for (const JobId& id : event.ids) {
    if (!remove(account, id, event.now)) unknown.push_back(id);
  }
  return unknown;
}

// Says whether there was such a job.
bool Writer::remove(std::optional<std::int64_t> account, const JobId& id, Instant now) {
  if (!account || Run(remove_job_, *account, id).change() == 0) return false;
  log_.end_dropped(Run(drop_deliveries_, id), *account, id, DeliveryState::kCancelled,
                   "the job was deleted", now);
  accounts_.count(*account, -1);
  return true;
}

Result<Claims> Writer::apply(ClaimEvent& event) {
  Claims claims = claimer_.claim(event.now, event.limit, event.misfire_threshold, event.claimant);
  secrets_.add_to(claims.claims, event.now);
  return claims;
}

Result<void> Writer::apply(RecordEvent& event) {
  for (const AttemptRecord& record : event.records) {
    if (const RetryAt* retry = std::get_if<RetryAt>(&record.transition)) {
      retry_delivery(record, *retry);
    } else {
      end_delivery(record);
    }
  }
  return {};
}

Result<LoggedDelivery> Writer::apply(FireNowEvent& event) {
  return control_.fire_now(event.account, event.id, event.now);
}

Result<Job> Writer::apply(PauseEvent& event) {
  return control_.pause(event.account, event.id);
}

Result<Job> Writer::apply(ResumeEvent& event) {
  return control_.resume(event.account, event.id, event.now);
}

Result<LoggedDelivery> Writer::apply(RetryEvent& event) {
  return control_.retry(event.account, event.delivery, event.now);
}

Result<Pruned> Writer::apply(PruneEvent& event) {
  return log_.prune(event.before);
}

Result<Rezoned> Writer::apply(RezoneEvent& event) {
  return rezoner_.rezone(event.rezoning, event.now);
}

Result<Rearmed> Writer::apply(RearmEvent& event) {
  return rearmer_.rearm(event.rearming);
}

Result<void> Writer::apply(RotateSecretEvent& event) {
  return accounts_.find_for_more(event.account).map([&](std::int64_t account) {
    secrets_.rotate(account, event.secret, event.now, event.overlap);
  });
}

Result<void> Writer::apply(RemoveSecretsEvent& event) {
  if (const auto account = accounts_.find(event.account)) secrets_.remove(*account);
  return {};
}

Result<void> Writer::apply(AddAccountEvent& event) {
  return account_control_.add(event.name, event.key, event.now);
}

Result<void> Writer::apply(RotateKeyEvent& event) {
  return account_control_.rotate_key(event.name, event.key);
}

Result<void> Writer::apply(RemoveAccountEvent& event) {
  secrets_.forget();
  return account_control_.remove(event.removal);
}

void Writer::retry_delivery(const AttemptRecord& record, const RetryAt& retry) {
  Run run(retry_delivery_, record.delivery.job, record.delivery.fire_time,
          static_cast<std::int64_t>(record.token), retry.due, std::int64_t{retry.attempt});
  if (run.step()) log_.note(run.number(0), record);
}

// An exhausted delivery may be tried again, so what its job said is kept.
void Writer::end_delivery(const AttemptRecord& record) {
  const JobId& job = record.delivery.job;
  Run run(end_delivery_, job, record.delivery.fire_time, static_cast<std::int64_t>(record.token));
  if (!run.step()) return;
  const std::int64_t account = run.number(0);
  log_.note(account, record);
  if (std::holds_alternative<Exhausted>(record.transition)) {
    Run(retire_job_, account, job).change();
  }
  if (Run(purge_fired_out_, account, job).change() > 0) {
    accounts_.count(account, -1);
  } else {
    Run(unpark_job_, account, job).change();
  }
}

// What was kept of a state that is undone: an account may have been new, a secret another.
void Writer::forget() {
  accounts_.forget();
  secrets_.forget();
}

// Some failures have already ended the transaction; then there is nothing left to roll back.
void Writer::roll_back() {
  if (sqlite3_get_autocommit(database_->getHandle()) == 0) database_->tryExec("ROLLBACK");
  forget();
}

Failure Writer::note(Failure failure) {
  if (failure.fatal) broken_ = failure.error;
  return failure;
}

}  // namespace jobsched::sql
