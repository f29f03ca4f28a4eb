#include "cmd/pause.h"

#include "cmd/client.h"
#include "cmd/ids.h"
#include "cmd/option.h"

namespace jobsched::cmd {

namespace {

Fallible<void> post_each(const std::vector<std::string>& ids,
                         const std::string& action,
                         const Globals& globals) {
  Client client(globals.server);
  return for_each_id(ids, [&](const JobId& id) {
    const std::string target = "/1/jobs/" + format_job_id(id) + "/" + action;
    return client.send({"POST", target, Format::kText}).map([](const Response&) {});
  });
}

}  // namespace

CLI::App* setup(CLI::App& parent, PauseOptions& options) {
  CLI::App* const app = add_command(parent, "pause", "Let jobs not fire until they are resumed");
  add_arguments(*app, "ID", options.ids, "Which jobs; - reads ids from standard input");
  add_footer(*app,
             "A delivery that is under way goes on.\n"
             "\n"
             "Examples:\n"
             "  jobsched pause 0192f0c1-2b3c-7d4e-8f5a-6b7c8d9e0f1a\n"
             "  jobsched list | jobsched pause -");
  return app;
}

CLI::App* setup(CLI::App& parent, ResumeOptions& options) {
  CLI::App* const app = add_command(parent, "resume", "Let paused jobs go on");
  add_arguments(*app, "ID", options.ids, "Which jobs; - reads ids from standard input");
  add_footer(*app,
             "A cron job goes on with its first fire time from now on. A job with a single time\n"
             "that has come meanwhile fires at once.\n"
             "\n"
             "Examples:\n"
             "  jobsched resume 0192f0c1-2b3c-7d4e-8f5a-6b7c8d9e0f1a\n"
             "  jobsched list | jobsched resume -");
  return app;
}

Fallible<void> run(const PauseOptions& options, const Globals& globals) {
  return post_each(options.ids, "pause", globals);
}

Fallible<void> run(const ResumeOptions& options, const Globals& globals) {
  return post_each(options.ids, "resume", globals);
}

}  // namespace jobsched::cmd
