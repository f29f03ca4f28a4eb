#include "daemon/store/job_row.h"

#include <bit>
#include <chrono>
#include <utility>

#include "daemon/store/column_text.h"

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

Result<Schedule> read_schedule(const Run& run,
                               const std::optional<std::string>& timezone,
                               const ZoneLookup& zones) {
  if (const std::optional<Instant> when = run.optional_instant(kWhen)) return Once{*when};
  return cron::Expression::parse(run.text(kCron)).map([&](cron::Expression cron) -> Schedule {
    return Recurring{std::move(cron), timezone ? zones(*timezone).value_or(nullptr) : utc_zone()};
  });
}

tl::unexpected<Error> unreadable(const Run& run, const std::string& why) {
  return fail(ErrorKind::kInternal, "the stored job " + format_job_id(run.id(kId)) +
                                        " cannot be read (" + why + "); replace or delete it");
}

std::optional<std::int64_t> optional_number(const Run& run, int column) {
  const std::optional<std::uint64_t> bits = run.optional_bits(column);
  return bits ? std::optional{std::bit_cast<std::int64_t>(*bits)} : std::nullopt;
}

// Says what is wrong, if anything is, and else adds the fields of the callback to `spec`.
std::optional<std::string> read_callback_fields(const Run& run, JobSpec& spec) {
  if (const auto text = run.optional_text(kMethod)) {
    const std::optional<Method> method = parse_method(*text);
    if (!method) return "its method is unknown";
    spec.method = *method;
  }
  if (const auto text = run.optional_text(kHeaders)) {
    std::optional<Headers> headers = parse_headers_column(*text);
    if (!headers) return "its headers are damaged";
    spec.headers = *std::move(headers);
  }
  if (const auto seconds = optional_number(run, kTimeout)) {
    spec.timeout = std::chrono::seconds{*seconds};
  }
  Retry retry{.attempts = optional_number(run, kAttempts)};
  if (const auto text = run.optional_text(kBackoff)) {
    retry.backoff = parse_backoff_column(*text);
    if (!retry.backoff) return "its backoff is damaged";
  }
  if (retry != Retry{}) spec.retry = std::move(retry);
  const bool sound = check_timeout(spec.timeout) && check_retry(spec.retry);
  return sound ? std::nullopt : std::optional<std::string>{"its timeout or retry is damaged"};
}

}  // namespace

Result<Job> read_job(const Run& run, const ZoneLookup& zones) {
  std::optional<std::string> timezone = run.optional_text(kTimezone);
  Result<Schedule> schedule = read_schedule(run, timezone, zones);
  if (!schedule) return unreadable(run, schedule.error().detail);
  Job job{run.id(kId),
          run.text(kAccount),
          {run.text(kUrl), run.optional_text(kSignature), run.optional_text(kContentType),
           run.optional_text(kData), *std::move(schedule), std::move(timezone),
           run.optional_text(kMisfire) == kSkipMisfires ? Misfire::kSkip : Misfire::kFire,
           run.number(kPaused) != 0, run.optional_text(kName)},
          run.optional_instant(kNext),
          run.optional_text(kPauseReason),
          static_cast<std::uint32_t>(run.number(kEpoch))};
  if (const auto fault = read_callback_fields(run, job.spec)) return unreadable(run, *fault);
  return job;
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
      paused(spec.paused ? 1 : 0),
      name(spec.name) {
  if (spec.method != Method::kPost) method = method_name(spec.method);
  if (!spec.headers.empty()) headers = headers_column(spec.headers);
  if (spec.timeout) timeout = spec.timeout->count();
  if (spec.retry) attempts = spec.retry->attempts;
  if (spec.retry && spec.retry->backoff) backoff = backoff_column(*spec.retry->backoff);
  if (spec.misfire == Misfire::kSkip) misfire = kSkipMisfires;
  if (spec.data) data = Blob{*spec.data};
  if (const Once* once = std::get_if<Once>(&spec.schedule)) {
    when = once->when;
  } else {
    cron = std::get<Recurring>(spec.schedule).cron.text();
  }
}

Run SpecColumns::run(SQLite::Statement& statement,
                     const std::int64_t& account,
                     const JobId& id,
                     const std::optional<Instant>& next) const {
  return Run(statement, account, id, url, signature, content_type, data, when, cron, timezone,
             misfire, paused, name, method, headers, timeout, attempts, backoff, next);
}

}  // namespace jobsched::sql
