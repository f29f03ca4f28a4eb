#include "daemon/store/job_columns.h"

#include <chrono>
#include <utility>

#include "daemon/store/column_text.h"

namespace jobsched {

namespace {

Result<Schedule> read_schedule(const JobColumns& columns, const ZoneLookup& zones) {
  if (columns.when) return Once{*columns.when};
  return cron::Expression::parse(columns.cron.value_or(""))
      .map([&](cron::Expression cron) -> Schedule {
        return Recurring{std::move(cron), columns.timezone
                                              ? zones(*columns.timezone).value_or(nullptr)
                                              : utc_zone()};
      });
}

tl::unexpected<Error> unreadable(const JobId& id, const std::string& why) {
  return fail(ErrorKind::kInternal, "the stored job " + format_job_id(id) + " cannot be read (" +
                                        why + "); replace or delete it");
}

// Says what is wrong, if anything is, and else adds the fields of the callback to `spec`.
std::optional<std::string> read_callback_fields(const JobColumns& columns, JobSpec& spec) {
  if (columns.method) {
    const std::optional<Method> method = parse_method(*columns.method);
    if (!method) return "its method is unknown";
    spec.method = *method;
  }
  if (columns.headers) {
    std::optional<Headers> headers = parse_headers_column(*columns.headers);
    if (!headers) return "its headers are damaged";
    spec.headers = *std::move(headers);
  }
  if (columns.timeout) spec.timeout = std::chrono::seconds{*columns.timeout};
  Retry retry{.attempts = columns.attempts};
  if (columns.backoff) {
    retry.backoff = parse_backoff_column(*columns.backoff);
    if (!retry.backoff) return "its backoff is damaged";
  }
  if (retry != Retry{}) spec.retry = std::move(retry);
  const bool sound = check_timeout(spec.timeout) && check_retry(spec.retry);
  return sound ? std::nullopt : std::optional<std::string>{"its timeout or retry is damaged"};
}

}  // namespace

Result<Job> make_job(JobColumns columns, const ZoneLookup& zones) {
  Result<Schedule> schedule = read_schedule(columns, zones);
  if (!schedule) return unreadable(columns.id, schedule.error().detail);
  Job job{columns.id,
          std::move(columns.account),
          {std::move(columns.url), std::move(columns.signature), std::move(columns.content_type),
           std::move(columns.data), *std::move(schedule), std::move(columns.timezone),
           columns.misfire == kSkipMisfires ? Misfire::kSkip : Misfire::kFire, columns.paused,
           std::move(columns.name)},
          columns.next,
          std::move(columns.pause_reason),
          columns.epoch};
  if (const auto fault = read_callback_fields(columns, job.spec)) {
    return unreadable(columns.id, *fault);
  }
  return job;
}

SpecColumns::SpecColumns(const JobSpec& spec)
    : url(spec.url),
      signature(spec.signature),
      content_type(spec.content_type),
      data(spec.data),
      timezone(spec.timezone),
      paused(spec.paused),
      name(spec.name) {
  if (spec.method != Method::kPost) method = method_name(spec.method);
  if (!spec.headers.empty()) headers = headers_column(spec.headers);
  if (spec.timeout) timeout = spec.timeout->count();
  if (spec.retry) attempts = spec.retry->attempts;
  if (spec.retry && spec.retry->backoff) backoff = backoff_column(*spec.retry->backoff);
  if (spec.misfire == Misfire::kSkip) misfire = kSkipMisfires;
  if (const Once* once = std::get_if<Once>(&spec.schedule)) {
    when = once->when;
  } else {
    cron = std::get<Recurring>(spec.schedule).cron.text();
  }
}

}  // namespace jobsched
