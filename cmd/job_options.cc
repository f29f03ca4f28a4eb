#include "cmd/job_options.h"

#include <algorithm>
#include <utility>

#include "cmd/callback_text.h"
#include "cmd/caret.h"
#include "cmd/local_time.h"
#include "cmd/option.h"
#include "cmd/payload.h"
#include "core/cron/expression.h"
#include "core/limits.h"
#include "core/text/ascii.h"
#include "core/time/duration.h"
#include "core/time/iso8601.h"

namespace jobsched::cmd {

namespace {

void replace(const std::optional<std::string>& given, std::optional<std::string>& field) {
  if (!given) return;
  field = given->empty() ? std::nullopt : given;
}

template <class T>
void replace(const std::optional<Given<T>>& given, std::optional<T>& field) {
  if (given) field = *given;
}

void replace_headers(const JobChanges& changes, std::optional<Headers>& field) {
  Headers headers = changes.drops_headers ? Headers{} : field.value_or(Headers{});
  for (const auto& [name, value] : changes.headers) {
    const auto same = std::ranges::find_if(headers, [&, lower = lower_case(name)](const auto& one) {
      return lower_case(one.first) == lower;
    });
    if (same == headers.end()) {
      headers.emplace_back(name, value);
    } else {
      *same = {name, value};
    }
  }
  field = headers.empty() ? std::nullopt : std::optional{std::move(headers)};
}

void replace_retry(const JobChanges& changes, std::optional<Retry>& field) {
  Retry retry = field.value_or(Retry{});
  replace(changes.attempts, retry.attempts);
  replace(changes.backoff, retry.backoff);
  field = retry == Retry{} ? std::nullopt : std::optional{std::move(retry)};
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

// Reads the value of an option with `read`; an empty one takes the field away.
template <class T, class Read>
Fallible<void> read_given(const std::optional<std::string>& option,
                          std::optional<Given<T>>& change,
                          const Read& read) {
  if (!option) return {};
  change.emplace();
  if (option->empty()) return {};
  return read(*option).map([&](T value) { *change = std::move(value); });
}

Fallible<void> read_headers(const std::vector<std::string>& options, JobChanges& changes) {
  for (const std::string& option : options) {
    if (option.empty()) {
      changes.drops_headers = true;
      continue;
    }
    auto header = parse_header("--header", option);
    if (!header) return tl::unexpected(header.error());
    changes.headers.push_back(*std::move(header));
  }
  return {};
}

Fallible<void> read_callback_options(const JobOptions& options, JobChanges& changes) {
  changes.name = options.name;
  changes.method = options.method;
  changes.misfire = options.misfire;
  return read_headers(options.headers, changes)
      .and_then([&] {
        return read_given(options.timeout, changes.timeout,
                          [](const std::string& text) { return parse_seconds("--timeout", text); });
      })
      .and_then([&] {
        return read_given(options.attempts, changes.attempts, [](const std::string& text) {
          return parse_count("--attempts", text, 1, kMaxAttempts).map([](std::size_t count) {
            return static_cast<std::int64_t>(count);
          });
        });
      })
      .and_then([&] {
        return read_given(options.backoff, changes.backoff,
                          [](const std::string& text) { return parse_delays("--backoff", text); });
      });
}

void setup_callback_options(CLI::App& app, JobOptions& options) {
  add_text(app, "--name", options.name, "NAME",
           "Its name: a new job takes the place of the one that has it");
  add_text(app, "-X,--method", options.method, "METHOD",
           "POST (default), PUT, PATCH, GET or DELETE");
  add_texts(app, "-H,--header", options.headers, "'NAME: VALUE'",
            "A header to send as well; any number of times");
  add_text(app, "--timeout", options.timeout, "DURATION", "How long an attempt may take: 1s to 5m");
  add_text(app, "--attempts", options.attempts, "N", "How many attempts there are in all, 1 to 20");
  add_text(app, "--backoff", options.backoff, "DURATIONS",
           "The pauses between attempts: 5s,30s,2m; the last one repeats");
  add_text(app, "--misfire", options.misfire, "RULE",
           "A fire time that is found too late: fire (default) or skip");
}

Fallible<void> require_texts(const JobOptions& options) {
  return require_text("--cron", options.cron)
      .and_then([&] { return require_text("--tz", options.zone); })
      .and_then([&] { return require_text("--content-type", options.content_type); })
      .and_then([&] { return require_text("--signature", options.signature); })
      .and_then([&] { return require_text("--name", options.name); })
      .and_then([&] { return require_text("--method", options.method); })
      .and_then([&] { return require_text("--misfire", options.misfire); });
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
  setup_callback_options(app, options);
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
  const auto texts = require_texts(options);
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
  if (const auto read = read_callback_options(options, changes); !read) {
    return tl::unexpected(read.error());
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
  replace(changes.name, document.name);
  replace(changes.method, document.method);
  replace_headers(changes, document.headers);
  replace(changes.timeout, document.timeout);
  replace_retry(changes, document.retry);
  replace(changes.misfire, document.misfire);
}

}  // namespace jobsched::cmd
