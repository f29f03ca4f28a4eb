#include "cmd/add.h"

#include "cmd/add_file.h"
#include "cmd/client.h"
#include "cmd/console.h"
#include "cmd/job_text.h"
#include "cmd/local_time.h"
#include "cmd/option.h"
#include "cmd/patience.h"
#include "cmd/wait.h"
#include "core/codec/codec.h"
#include "core/codec/idempotency_key.h"
#include "core/job/document.h"
#include "core/limits.h"
#include "daemon/clock.h"

namespace jobsched::cmd {

namespace {

// By the daemon's rules, but with the default limits: its own are not asked for.
Fallible<void> check_only(const JobDocument& document,
                          Instant now,
                          const Environment& environment) {
  const auto job = check_new_job(document, Limits{}, zones_of(environment), now);
  if (!job) {
    return fail(exit_code(job.error().kind), name_field(job.error().field, job.error().detail));
  }
  say(foretell(*job, now));
  return {};
}

// A time that is told from now on is another one at each run, and the job another job.
Fallible<void> check_key(const AddOptions& options) {
  if (!options.idempotency_key) return {};
  if (!is_idempotency_key(*options.idempotency_key)) {
    return fail(ExitCode::kUsage,
                "--idempotency-key takes 1 to 255 printable ASCII characters, like order-1234");
  }
  if (!options.job.in) return {};
  return fail(ExitCode::kUsage,
              "with --in each run asks for another time, and so for another job; use --at with a "
              "time that stays the same beside --idempotency-key");
}

// Who has read that the job is stored may end the wait, but not the job with it.
Fallible<void> tell_and_wait(Client& client, const Summary& job) {
  const HeldInterrupts held;
  say(job.sentence);
  return print(job.id + "\n").and_then(flush).and_then([&] {
    return await_delivery(client, job.id);
  });
}

}  // namespace

CLI::App* setup(CLI::App& parent, AddOptions& options) {
  CLI::App* const app = add_command(parent, "add", "Store a job and print its id");
  setup(*app, options.job);
  add_optional_argument(*app, "URL", options.url,
                        "Where it sends its request: http://… or https://…");
  add_text(*app, "-f,--file", options.file, "FILE",
           "Store all jobs of FILE, or - for standard input: a document of the API a\n"
           "line, a JSON array, or XML; nothing is sent unless all are right");
  add_text(*app, "--idempotency-key", options.idempotency_key, "KEY",
           "Store the job once, however often this is run again within a day with\n"
           "the same KEY for the same job; prints the id it has from the first time");
  add_flag(*app, "-n,--dry-run", options.dry_run,
           "Only check the job and say when it would fire; asks no daemon");
  add_flag(*app, "--wait", options.wait,
           "Then wait until its first delivery has ended; 8 if it was not accepted");
  add_footer(*app,
             "Examples:\n"
             "  jobsched add --in 10m https://example.org/hook\n"
             "  jobsched add --at 'tomorrow 9:00' -d @report.json \\\n"
             "      --content-type application/json https://example.org/hook\n"
             "  jobsched add --cron '0 15 10 ? * MON-FRI' -d go https://example.org/hook\n"
             "  jobsched add --cron '0 0 9 ? * MON' --tz Asia/Tokyo https://example.org/hook\n"
             "  jobsched add --name nightly --cron '0 0 2 * * ?' --timeout 2m -X GET \\\n"
             "      -H 'Accept: text/plain' https://example.org/hook\n"
             "  jobsched add --dry-run --at 'fri 17:00' https://example.org/hook\n"
             "  jobsched add --in 5s --wait https://example.org/hook && echo delivered\n"
             "  jobsched add -f jobs.json");
  return app;
}

Fallible<void> run(const AddOptions& options, const Globals& globals) {
  const Instant now = SystemClock().now();
  if (options.file) {
    if (options.url || options.job.any() || options.wait || options.idempotency_key) {
      return fail(ExitCode::kUsage, "the jobs of --file say everything; leave the rest out");
    }
    return add_file(*options.file, options.dry_run, now, globals);
  }
  if (options.wait && options.dry_run) {
    return fail(ExitCode::kUsage, "--dry-run stores no job to --wait for; leave one of them out");
  }
  if (!options.url) return fail(ExitCode::kUsage, "say where to: the URL is missing");
  if (!options.job.has_schedule()) {
    return fail(ExitCode::kUsage, "say when: --at TIME, --in DURATION or --cron EXPR");
  }
  if (const auto key = check_key(options); !key) return key;
  const auto changes = read_changes(options.job, now, globals.environment);
  if (!changes) return tl::unexpected(changes.error());
  if (const auto text = require_text("URL", options.url); !text) return text;
  JobDocument document;
  document.url = options.url;
  apply(*changes, document);
  if (options.dry_run) return check_only(document, now, globals.environment);
  ClientRequest request{"POST", "/1/jobs", Format::kJson, write_document(Format::kJson, document)};
  if (const auto& key = options.idempotency_key) {
    request.headers.emplace_back("Idempotency-Key", write_idempotency_key(*key));
  }

  Client client(globals.server);
  const auto answer = client.send(request);
  if (!answer) return tl::unexpected(answer.error());
  const auto summary = summarize(answer->body, now);
  if (!summary) return fail(ExitCode::kError, summary.error().detail);
  if (options.wait) return tell_and_wait(client, *summary);
  say(summary->sentence);
  return print(summary->id + "\n");
}

}  // namespace jobsched::cmd
