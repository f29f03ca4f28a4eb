#include "daemon/store/job_row.h"

#include <bit>

namespace jobsched::sql {

namespace {

enum Column {
  kId,
  kAccount,
  kUrl,
  kSignature,
  kContentType,
  kData,
  kWhen,
  kCron,
  kNext,
  kTimezone,
  kMisfire,
  kPaused,
  kPauseReason,
  kEpoch,
  kName,
  kMethod,
  kHeaders,
  kTimeout,
  kAttempts,
  kBackoff
};

std::optional<std::int64_t> optional_number(const Run& run, int column) {
  const std::optional<std::uint64_t> bits = run.optional_bits(column);
  return bits ? std::optional{std::bit_cast<std::int64_t>(*bits)} : std::nullopt;
}

}  // namespace

Result<Job> read_job(const Run& run, const ZoneLookup& zones) {
  return make_job({.id = run.id(kId),
                   .account = run.text(kAccount),
                   .url = run.text(kUrl),
                   .signature = run.optional_text(kSignature),
                   .content_type = run.optional_text(kContentType),
                   .data = run.optional_text(kData),
                   .when = run.optional_instant(kWhen),
                   .cron = run.optional_text(kCron),
                   .next = run.optional_instant(kNext),
                   .timezone = run.optional_text(kTimezone),
                   .misfire = run.optional_text(kMisfire),
                   .paused = run.number(kPaused) != 0,
                   .pause_reason = run.optional_text(kPauseReason),
                   .epoch = static_cast<std::uint32_t>(run.number(kEpoch)),
                   .name = run.optional_text(kName),
                   .method = run.optional_text(kMethod),
                   .headers = run.optional_text(kHeaders),
                   .timeout = optional_number(run, kTimeout),
                   .attempts = optional_number(run, kAttempts),
                   .backoff = run.optional_text(kBackoff)},
                  zones);
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
