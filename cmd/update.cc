#include "cmd/update.h"

#include "cmd/client.h"
#include "cmd/console.h"
#include "cmd/ids.h"
#include "cmd/job_text.h"
#include "cmd/option.h"
#include "core/codec/codec.h"
#include "daemon/clock.h"

namespace jobsched::cmd {

namespace {

bool changes_nothing(const UpdateOptions& options) {
  return !options.url && !options.job.any();
}

}  // namespace

CLI::App* setup(CLI::App& parent, UpdateOptions& options) {
  CLI::App* const app =
      add_command(parent, "update", "Change what is given of a job, leave the rest as it is");
  add_argument(*app, "ID", options.id, "Which job");
  setup(*app, options.job);
  add_text(*app, "--url", options.url, "URL", "Where it sends its request");
  add_footer(*app,
             "An empty value takes that part away; a header takes the place of one of its name.\n"
             "\n"
             "Example:\n"
             "  jobsched update 0192f0c1-2b3c-7d4e-8f5a-6b7c8d9e0f1a --at 'fri 17:00'");
  return app;
}

Fallible<void> run(const UpdateOptions& options, const Globals& globals) {
  const Instant now = SystemClock().now();
  const auto id = parse_job_id(options.id);
  if (!id) return fail(ExitCode::kNotFound, no_such_job(options.id));
  if (changes_nothing(options)) {
    return fail(
        ExitCode::kUsage,
        "say what to change, such as --at, --cron, --data or --url; jobsched update --help has all "
        "that can be");
  }
  // What is wrong with the options shows before anything is asked of the daemon.
  const auto changes = read_changes(options.job, now, globals.environment);
  if (!changes) return tl::unexpected(changes.error());
  if (const auto text = require_text("--url", options.url); !text) return text;

  Client client(globals.server);
  const std::string target = "/1/jobs/" + format_job_id(*id);
  const auto current = client.send({"GET", target, Format::kJson});
  if (!current) return tl::unexpected(current.error());
  auto document = read_job(Format::kJson, *current);
  if (!document) {
    return fail(ExitCode::kError,
                "the daemon's document has what this version does not know, and would lose (" +
                    document.error().detail + "); use the version of the daemon");
  }
  apply(*changes, *document);
  if (options.url) document->url = options.url;
  const std::string body = write_document(Format::kJson, *document);
  const auto answer = client.send({"PUT", target, Format::kJson, body});
  if (!answer) return tl::unexpected(answer.error());
  const auto summary = summarize(*answer, now);
  if (!summary) return fail(ExitCode::kError, summary.error().detail);
  say(summary->sentence);
  return {};
}

}  // namespace jobsched::cmd
