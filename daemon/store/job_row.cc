#include "daemon/store/job_row.h"

#include <utility>

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
  kEpoch
};

Result<Schedule> read_schedule(const Run& run,
                               const std::optional<std::string>& timezone,
                               const ZoneLookup& zones) {
  if (const std::optional<Instant> when = run.optional_instant(kWhen)) return Once{*when};
  return cron::Expression::parse(run.text(kCron)).map([&](cron::Expression cron) -> Schedule {
    return Recurring{std::move(cron), timezone ? zones(*timezone).value_or(nullptr) : utc_zone()};
  });
}

}  // namespace

Result<Job> read_job(const Run& run, const ZoneLookup& zones) {
  std::optional<std::string> timezone = run.optional_text(kTimezone);
  Result<Schedule> schedule = read_schedule(run, timezone, zones);
  if (!schedule) {
    return fail(ErrorKind::kInternal, "the stored job " + format_job_id(run.id(kId)) +
                                          " cannot be read (" + schedule.error().detail +
                                          "); replace or delete it");
  }
  return Job{run.id(kId),
             run.text(kAccount),
             {run.text(kUrl), run.optional_text(kSignature), run.optional_text(kContentType),
              run.optional_text(kData), *std::move(schedule), std::move(timezone),
              run.optional_text(kMisfire) == kSkipMisfires ? Misfire::kSkip : Misfire::kFire,
              run.number(kPaused) != 0},
             run.optional_instant(kNext),
             run.optional_text(kPauseReason),
             static_cast<std::uint32_t>(run.number(kEpoch))};
}

tl::unexpected<Error> no_such_job(const JobId& id) {
  return fail(ErrorKind::kNotFound, "there is no job " + format_job_id(id));
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

SpecColumns::SpecColumns(const JobSpec& spec)
    : url(spec.url),
      signature(spec.signature),
      content_type(spec.content_type),
      timezone(spec.timezone),
      paused(spec.paused ? 1 : 0) {
  if (spec.misfire == Misfire::kSkip) misfire = kSkipMisfires;
  if (spec.data) data = Blob{*spec.data};
  if (const Once* once = std::get_if<Once>(&spec.schedule)) {
    when = once->when;
  } else {
    cron = std::get<Recurring>(spec.schedule).cron.text();
  }
}

}  // namespace jobsched::sql
