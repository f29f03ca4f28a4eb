#include "cmd/job_options.h"

#include "cmd/caret.h"
#include "cmd/local_time.h"
#include "cmd/option.h"
#include "cmd/payload.h"
#include "core/cron/expression.h"
#include "core/time/duration.h"
#include "core/time/iso8601.h"

namespace jobsched::cmd {

namespace {

void replace(const std::optional<std::string>& given, std::optional<std::string>& field) {
  if (!given) return;
  field = given->empty() ? std::nullopt : given;
}

// What the daemon would refuse can be shown more clearly where it was typed.
Fallible<void> check_expression(const std::optional<std::string>& cron) {
  if (!cron || cron->empty()) return {};
  const auto expression = cron::Expression::parse(*cron);
  if (!expression) return refuse_expression(*cron, expression.error());
  return {};
}

// A TIME becomes an instant here: the daemon need not know on whose clock it was read.
Fallible<Instant> read_time(const JobOptions& options,
                            Instant now,
                            const Environment& environment) {
  if (!options.zone) return parse_local_time("--at", *options.at, now, environment);
  const auto zone = named_zone("--tz", *options.zone, environment);
  if (!zone) return tl::unexpected(zone.error());
  return parse_time_in(*zone, "--at", *options.at, now);
}

}  // namespace

void setup(CLI::App& app, JobOptions& options) {
  add_text(app, "--at", options.at, "TIME",
           "When it fires, once: 2026-12-01T15:30, 09:00, \"tomorrow 9:00\", \"fri 17:00\",\n"
           "@1796139000; local time unless it has an offset");
  add_text(app, "--in", options.in, "DURATION", "The same from now on: 90s, 10m, 1h30m, 2d");
  add_text(app, "--cron", options.cron, "EXPR",
           "When it fires, again and again: a Quartz expression, read in UTC\n"
           "unless --tz is given");
  add_text(app, "--tz", options.zone, "ZONE",
           "Read EXPR, or TIME, on the clock of a time zone: Europe/Berlin");
  add_text(app, "-d,--data", options.data, "DATA",
           "What it sends: the text itself, @FILE, or - for standard input");
  add_text(app, "--content-type", options.content_type, "TYPE", "The media type of DATA");
  add_text(app, "--signature", options.signature, "TEXT",
           "Sent along as the header X-Content-Signature");
}

Fallible<JobChanges> read_changes(const JobOptions& options,
                                  Instant now,
                                  const Environment& environment) {
  const int schedules = (options.at ? 1 : 0) + (options.in ? 1 : 0) + (options.cron ? 1 : 0);
  if (schedules > 1) {
    return fail(ExitCode::kUsage, "--at, --in and --cron exclude each other; give one of them");
  }
  if (options.in && options.zone) {
    return fail(ExitCode::kUsage, "--in is the same in every time zone; leave --tz out");
  }
  const auto texts =
      require_text("--cron", options.cron)
          .and_then([&] { return require_text("--tz", options.zone); })
          .and_then([&] { return require_text("--content-type", options.content_type); })
          .and_then([&] { return require_text("--signature", options.signature); });
  if (!texts) return tl::unexpected(texts.error());
  if (const auto cron = check_expression(options.cron); !cron) return tl::unexpected(cron.error());
  JobChanges changes;
  changes.cron = options.cron;
  changes.content_type = options.content_type;
  changes.signature = options.signature;
  if (options.at) {
    const auto when = read_time(options, now, environment);
    if (!when) return tl::unexpected(when.error());
    changes.when = format_instant(*when);
  } else {
    changes.timezone = options.zone;
  }
  if (options.in) {
    const auto length = parse_duration(*options.in);
    if (!length) return refuse_argument("--in", length.error());
    changes.when = format_instant(now + *length);
  }
  if (options.data) {
    auto data = read_payload(*options.data);
    if (!data) return tl::unexpected(data.error());
    changes.data = std::move(*data);
  }
  return changes;
}

void apply(const JobChanges& changes, JobDocument& document) {
  if (changes.when || changes.cron) {
    document.when = changes.when;
    document.cron = changes.cron;
  }
  if (changes.when) document.timezone.reset();
  replace(changes.timezone, document.timezone);
  replace(changes.data, document.data);
  replace(changes.content_type, document.content_type);
  replace(changes.signature, document.signature);
}

}  // namespace jobsched::cmd
