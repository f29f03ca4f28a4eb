#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include "daemon/store/accounts.h"
#include "daemon/store/attempt_log.h"
#include "daemon/store/values.h"

namespace jobsched::sql {

// Finds due work and claims it, within the transaction that is open on the writing connection.
// Every call is bounded by its limit, however much is due. Members throw SQLite::Exception.
class Claimer {
 public:
  // `zones` finds the time zones of jobs; a job whose zone is missing is paused rather than fired.
  // `damaged` hears of a stored job that cannot be read; it is put aside, so that it does not hold
  // up the others.
  Claimer(SQLite::Database& database,
          Accounts& accounts,
          AttemptLog& log,
          ZoneLookup zones,
          std::function<void(const Error&)> damaged);

  // `Store::claim_due`. Of the due jobs it fires those that it can claim; the others stay due.
  Claims claim(Instant now, std::size_t limit, Millis misfire_threshold, const Claimant& claimant);

 private:
  // A due job, or a due delivery if it has an attempt.
  struct Due {
    Instant due;
    std::int64_t account = 0;
    JobId job;
    Instant fire_time{};
    std::uint32_t attempt = 0;
    std::uint32_t epoch = 0;
  };

  std::vector<Due> due_jobs(Instant now, std::size_t limit);
  void make_room_for_latest(std::vector<Due>& due, Instant now);
  std::vector<Due> due_deliveries(Instant now, std::size_t limit, std::int64_t holder);
  void fire_job(const Due& due,
                Instant now,
                Millis misfire_threshold,
                const Claimant& claimant,
                Claims& found);
  void lease(const Due& due, Instant now, const Claimant& claimant, Claims& found);
  void skip_job(const Due& due, const Job& job, const Firing& firing, Instant now, Claims& found);
  std::optional<Job> load(const Due& due, Instant now);
  std::optional<Instant> next_due(std::int64_t holder);

  Accounts& accounts_;
  AttemptLog& log_;
  ZoneLookup zones_;
  std::function<void(const Error&)> damaged_;
  std::uint64_t last_token_ = 0;
  SQLite::Statement due_jobs_;
  SQLite::Statement latest_jobs_;
  SQLite::Statement due_deliveries_;
  SQLite::Statement next_due_job_;
  SQLite::Statement next_due_delivery_;
  SQLite::Statement load_job_;
  SQLite::Statement fire_job_;
  SQLite::Statement skip_job_;
  SQLite::Statement park_job_;
  SQLite::Statement pause_job_;
  SQLite::Statement add_delivery_;
  SQLite::Statement lease_delivery_;
  SQLite::Statement purge_never_firing_;
  SQLite::Statement drop_deliveries_;
  SQLite::Statement note_claim_;
};

}  // namespace jobsched::sql
