#pragma once

#include <vector>

#include <SQLiteCpp/Statement.h>

#include "core/error.h"
#include "core/job/job.h"
#include "core/time/zone.h"
#include "daemon/store/connection.h"
#include "daemon/store/job_columns.h"

namespace jobsched::sql {

// Reads the job that `run`, an execution of kFindJob or kLoadJob, is at, its time zone found by
// `zones`. Errors: kInternal if the row does not make a job, as after damage to the disk.
Result<Job> read_job(const Run& run, const ZoneLookup& zones);

// Where a job is in the tables.
struct JobKey {
  std::int64_t account;
  JobId id;
};

// The rest of the rows of `run`, an execution of a statement that gives accounts and ids.
std::vector<JobKey> read_keys(Run& run);

// Reads the job at `key`, which is there, by `statement`, a kLoadJob. Errors: as of read_job.
Result<Job> load_job(SQLite::Statement& statement, const JobKey& key, const ZoneLookup& zones);

// What of a job's definition goes into kCreateJob and kReplaceJob, in the order of their
// parameters from the third on. Refers to the spec.
class SpecRow {
 public:
  explicit SpecRow(const JobSpec& spec);

  // An execution of either statement, which refers to all of its arguments.
  Run run(SQLite::Statement& statement,
          const std::int64_t& account,
          const JobId& id,
          const std::optional<Instant>& next) const;

 private:
  SpecColumns columns_;
  std::optional<Blob> data_;
  std::int64_t paused_;
};

}  // namespace jobsched::sql
