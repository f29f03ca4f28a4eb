#include "daemon/store/job_row.h"

namespace jobsched::sql {

Result<Job> read_job(const Run& run, const ZoneLookup& zones) {
  return make_job(read_columns(run), zones);
}

std::vector<JobKey> read_keys(Run& run) {
  std::vector<JobKey> keys;
  while (run.step())
    keys.push_back({run.number(0), run.id(1)});
  return keys;
}

Result<Job> load_job(SQLite::Statement& statement, const JobKey& key, const ZoneLookup& zones) {
  Run run(statement, key.account, key.id);
  run.step();
  return read_job(run, zones);
}

SpecRow::SpecRow(const JobSpec& spec)
    : columns_(spec),
      data_(spec.data ? std::optional{Blob{*spec.data}} : std::nullopt),
      paused_(spec.paused ? 1 : 0) {}

Run SpecRow::run(SQLite::Statement& statement,
                 const std::int64_t& account,
                 const JobId& id,
                 const std::optional<Instant>& next) const {
  return Run(statement, account, id, columns_.url, columns_.signature, columns_.content_type, data_,
             columns_.when, columns_.cron, columns_.timezone, columns_.misfire, paused_,
             columns_.name, columns_.method, columns_.headers, columns_.timeout, columns_.attempts,
             columns_.backoff, next);
}

}  // namespace jobsched::sql
