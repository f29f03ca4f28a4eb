#include "daemon/store/attempt_log.h"

#include <optional>
#include <vector>

#include "daemon/store/connection.h"
#include "daemon/store/log_sequel.h"
#include "daemon/store/log_statements.h"

namespace jobsched::sql {

namespace {

// Attempts that one step forgets: what it takes of the disk's time others wait for.
constexpr std::size_t kStep = 500;

std::int64_t number_of(auto value) {
  return static_cast<std::int64_t>(value);
}

std::optional<std::int64_t> micros(std::optional<Micros> time) {
  return time ? std::optional{std::int64_t{time->count()}} : std::nullopt;
}

std::int64_t last_id(SQLite::Database& database) {
  SQLite::Statement last(database, kLastLogId);
  Run run(last);
  return run.step() ? run.number(0) : 0;
}

}  // namespace

AttemptLog::AttemptLog(SQLite::Database& database)
    : log_attempt_(database, kLogAttempt),
      list_accounts_(database, kListAccounts),
      oldest_(database, kOldestOfLog),
      forget_attempt_(database, kForgetAttempt),
      drop_forgotten_(database, kDropForgotten),
      last_id_(last_id(database)) {}

void AttemptLog::note(std::int64_t account, const AttemptRecord& record) {
  if (!record.started) return;
  const auto& [delivery, token, started, ended, result, transition] = record;
  const Sequel sequel = sequel_of(transition);
  const AttemptTimings& timings = result.timings;
  Run(log_attempt_, account, next_id(), delivery.job, delivery.fire_time,
      std::int64_t{delivery.epoch}, std::int64_t{delivery.attempt}, ended, number_of(sequel.state),
      sequel.reason, *started, number_of(result.fault), std::int64_t{result.status}, result.error,
      Blob{result.response}, micros(timings.dns), micros(timings.connect), micros(timings.tls),
      micros(timings.first_byte), std::int64_t{timings.total.count()})
      .change();
}

void AttemptLog::note_end(std::int64_t account,
                          const Delivery& delivery,
                          DeliveryState state,
                          const std::string& reason,
                          Instant at) {
  Run(log_attempt_, account, next_id(), delivery.job, delivery.fire_time,
      std::int64_t{delivery.epoch}, std::int64_t{delivery.attempt}, at, number_of(state), reason,
      kNull, kNull, kNull, kNull, kNull, kNull, kNull, kNull, kNull, kNull)
      .change();
}

Pruned AttemptLog::prune(Instant before) {
  std::vector<std::int64_t> accounts;
  {
    Run run(list_accounts_);
    while (run.step())
      accounts.push_back(run.number(0));
  }
  Pruned pruned;
  std::size_t left = kStep;
  for (const std::int64_t account : accounts)
    prune(account, before, left, pruned);
  pruned.rest = left == 0;
  return pruned;
}

// Ids rise with time, but for a clock that was set back: what was recorded while it was ahead stays
// until its time comes, without keeping what comes after it.
void AttemptLog::prune(std::int64_t account, Instant before, std::size_t& left, Pruned& pruned) {
  std::vector<std::pair<std::int64_t, JobId>> old;
  {
    Run run(oldest_, account, static_cast<std::int64_t>(left));
    while (run.step()) {
      if (run.instant(2) < before) old.emplace_back(run.number(0), run.id(1));
    }
  }
  for (const auto& [id, job] : old) {
    Run(forget_attempt_, account, id).change();
    Run(drop_forgotten_, account, job).change();
  }
  left -= old.size();
  pruned.attempts += old.size();
}

}  // namespace jobsched::sql
