#include "daemon/store/job_row.h"

#include <utility>

namespace jobsched::sql {

namespace {

enum Column { kId, kAccount, kUrl, kSignature, kContentType, kData, kWhen, kCron, kNext };

Result<Schedule> read_schedule(const Run& run) {
  if (const std::optional<Instant> when = run.optional_instant(kWhen)) return Once{*when};
  return cron::Expression::parse(run.text(kCron)).map([](cron::Expression cron) -> Schedule {
    return Recurring{std::move(cron)};
  });
}

}  // namespace

Result<Job> read_job(const Run& run) {
  Result<Schedule> schedule = read_schedule(run);
  if (!schedule) {
    return fail(ErrorKind::kInternal, "the stored job " + format_job_id(run.id(kId)) +
                                          " cannot be read (" + schedule.error().detail +
                                          "); replace or delete it");
  }
  return Job{run.id(kId),
             run.text(kAccount),
             {run.text(kUrl), run.optional_text(kSignature), run.optional_text(kContentType),
              run.optional_text(kData), *std::move(schedule)},
             run.optional_instant(kNext)};
}

SpecColumns::SpecColumns(const JobSpec& spec)
    : url(spec.url), signature(spec.signature), content_type(spec.content_type) {
  if (spec.data) data = Blob{*spec.data};
  if (const Once* once = std::get_if<Once>(&spec.schedule)) {
    when = once->when;
  } else {
    cron = std::get<Recurring>(spec.schedule).cron.text();
  }
}

}  // namespace jobsched::sql
