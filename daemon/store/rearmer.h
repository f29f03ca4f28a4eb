#pragma once

#include <cstdint>
#include <vector>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include "core/time/zone.h"
#include "daemon/store/attempt_log.h"
#include "daemon/store/job_row.h"
#include "daemon/store/values.h"

namespace jobsched::sql {

// Takes jobs and deliveries to a clock that was set back, within the transaction that is open on
// the writing connection. Members throw SQLite::Exception.
class Rearmer {
 public:
  // `zones` finds the time zones of jobs.
  Rearmer(SQLite::Database& database, AttemptLog& log, ZoneLookup zones);

  // `Store::rearm`.
  Rearmed rearm(const Rearming& rearming);

 private:
  std::vector<JobKey> jobs_after(const JobId& id);
  void rearm(const JobKey& key, const Rearming& rearming, Rearmed& done);

  AttemptLog& log_;
  ZoneLookup zones_;
  SQLite::Statement recurring_jobs_;
  SQLite::Statement load_job_;
  SQLite::Statement rearm_job_;
  SQLite::Statement end_later_delivery_;
  SQLite::Statement bring_retries_forward_;
  SQLite::Statement next_retry_;
  SQLite::Statement set_last_claim_;
};

}  // namespace jobsched::sql
