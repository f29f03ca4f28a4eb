#include "cmd/update.h"

#include <optional>
#include <string>

#include "cmd/client.h"
#include "cmd/console.h"
#include "cmd/ids.h"
#include "cmd/job_text.h"
#include "cmd/option.h"
#include "core/codec/codec.h"
#include "daemon/clock.h"

namespace jobsched::cmd {

namespace {

// Others who change a job at the same time need a moment each; who does so all the time is not
// waited for.
constexpr int kTries = 5;

bool changes_nothing(const UpdateOptions& options) {
  return !options.url && !options.job.any();
}

Fallible<Response> update_once(Client& client,
                               const std::string& target,
                               const JobChanges& changes,
                               const std::optional<std::string>& url) {
  const auto current = client.send({"GET", target, Format::kJson});
  if (!current) return current;
  auto document = read_job(Format::kJson, current->body);
  if (!document) {
    return fail(ExitCode::kError,
                "the daemon's document has what this version does not know, and would lose (" +
                    document.error().detail + "); use the version of the daemon");
  }
  apply(changes, *document);
  if (url) document->url = url;
  ClientRequest request{"PUT", target, Format::kJson, write_document(Format::kJson, *document)};
  if (!current->etag.empty()) request.headers.emplace_back("If-Match", current->etag);
  return client.send(request);
}

// Puts the changes into the job as others have left it, and takes nothing of theirs back.
Fallible<Response> update(Client& client,
                          const JobId& id,
                          const JobChanges& changes,
                          const std::optional<std::string>& url) {
  const std::string target = "/1/jobs/" + format_job_id(id);
  for (int tries = 0; tries < kTries; ++tries) {
    auto answer = update_once(client, target, changes, url);
    if (answer || error_kind(answer.error().status) != ErrorKind::kPreconditionFailed) {
      return answer;
    }
  }
  return fail(ExitCode::kConflict, "job " + format_job_id(id) + " was changed by somebody else " +
                                       std::to_string(kTries) +
                                       " times while this was changing it, and is as they left it; "
                                       "try again");
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
  const auto answer = update(client, *id, *changes, options.url);
  if (!answer) return tl::unexpected(answer.error());
  const auto summary = summarize(answer->body, now);
  if (!summary) return fail(ExitCode::kError, summary.error().detail);
  say(summary->sentence);
  return {};
}

}  // namespace jobsched::cmd
