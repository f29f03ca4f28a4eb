#include "daemon/store/rezoner.h"

#include "daemon/store/column_text.h"
#include "daemon/store/connection.h"
#include "daemon/store/statements.h"

namespace jobsched::sql {

namespace {

// Jobs of one step: what they take of the disk's time others wait for.
constexpr std::int64_t kStep = 1'000;

}  // namespace

Rezoner::Rezoner(SQLite::Database& database, Accounts& accounts)
    : accounts_(accounts),
      jobs_of_zone_(database, kJobsOfZone),
      load_job_(database, kLoadJob),
      pause_job_(database, kPauseJob),
      resume_job_(database, kResumeJob),
      move_job_(database, kMoveJob),
      purge_never_firing_(database, kPurgeNeverFiring),
      add_zone_(database, kAddZone),
      note_zone_(database, kNoteZone),
      drop_unused_zone_(database, kDropUnusedZone) {}

void Rezoner::note(const JobSpec& spec) {
  const Recurring* recurring = std::get_if<Recurring>(&spec.schedule);
  if (recurring == nullptr || !spec.timezone) return;
  Run(add_zone_, *spec.timezone, rules_column(recurring->zone.get())).change();
}

Rezoned Rezoner::rezone(const Rezoning& rezoning, Instant now) {
  Rezoned done;
  const std::vector<JobKey> keys = jobs_of(rezoning);
  for (const JobKey& key : keys)
    rezone(key, rezoning, now, done);
  if (keys.size() == kStep) {
    done.rest_after = keys.back().id;
  } else {
    note_rules(rezoning.zone, rezoning.rules.get());
  }
  return done;
}

std::vector<JobKey> Rezoner::jobs_of(const Rezoning& rezoning) {
  const JobId after = rezoning.after.value_or(JobId{});
  Run run(jobs_of_zone_, rezoning.zone, after, kStep);
  return read_keys(run);
}

void Rezoner::rezone(const JobKey& key, const Rezoning& rezoning, Instant now, Rezoned& done) {
  const Result<Job> job =
      load_job(load_job_, key, [&](std::string_view) { return rezoning.rules; });
  // One that cannot be read is found out when it is due.
  if (!job || (job->spec.paused && !job->pause_reason)) return;
  if (!rezoning.rules) {
    if (job->spec.paused || !job->next) return;
    Run(pause_job_, key.account, key.id, missing_zone_reason(rezoning.zone)).change();
    ++done.paused;
    return;
  }
  const std::optional<Instant> next = next_fire_time(job->spec.schedule, now);
  if (job->spec.paused) {
    set_next(resume_job_, key, next, done);
    ++done.resumed;
  } else if (job->next && *job->next > now && job->next != next) {
    set_next(move_job_, key, next, done);
    ++done.moved;
  }
}

void Rezoner::set_next(SQLite::Statement& statement,
                       const JobKey& key,
                       std::optional<Instant> next,
                       Rezoned& done) {
  Run(statement, key.account, key.id, next).change();
  done.next_due = earlier(done.next_due, next);
  if (!next && Run(purge_never_firing_, key.account, key.id).change() > 0) {
    accounts_.count(key.account, -1);
  }
}

void Rezoner::note_rules(const std::string& zone, const Zone* rules) {
  if (Run(drop_unused_zone_, zone).change() > 0) return;
  Run(note_zone_, zone, rules_column(rules)).change();
}

}  // namespace jobsched::sql
