#pragma once

#include <vector>

#include <SQLiteCpp/Statement.h>

#include "core/error.h"
#include "core/job/job.h"
#include "core/time/zone.h"
#include "daemon/store/connection.h"

namespace jobsched::sql {

// Reads the job that `run`, an execution of kFindJob or kLoadJob, is at, its time zone found by
// `zones`. Errors: kInternal if the row does not make a job, as after damage to the disk.
Result<Job> read_job(const Run& run, const ZoneLookup& zones);

// kNotFound, naming the job.
tl::unexpected<Error> no_such_job(const JobId& id);

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
struct SpecColumns {
  explicit SpecColumns(const JobSpec& spec);

  // An execution of either statement, which refers to all of its arguments.
  Run run(SQLite::Statement& statement,
          const std::int64_t& account,
          const JobId& id,
          const std::optional<Instant>& next) const;

  const std::string& url;
  const std::optional<std::string>& signature;
  const std::optional<std::string>& content_type;
  std::optional<Blob> data;
  std::optional<Instant> when;
  std::optional<std::string> cron;
  const std::optional<std::string>& timezone;
  std::optional<std::string> misfire;
  std::int64_t paused;
  const std::optional<std::string>& name;
  std::optional<std::string> method;
  std::optional<std::string> headers;
  std::optional<std::int64_t> timeout;
  std::optional<std::int64_t> attempts;
  std::optional<std::string> backoff;
};

}  // namespace jobsched::sql
