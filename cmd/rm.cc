#include "cmd/rm.h"

#include "cmd/client.h"
#include "cmd/ids.h"
#include "cmd/option.h"

namespace jobsched::cmd {

CLI::App* setup(CLI::App& parent, RmOptions& options) {
  CLI::App* const app = add_command(parent, "rm", "Delete jobs");
  add_arguments(*app, "ID", options.ids, "Which jobs; - reads ids from standard input");
  add_footer(*app,
             "Examples:\n"
             "  jobsched rm 0192f0c1-2b3c-7d4e-8f5a-6b7c8d9e0f1a\n"
             "  jobsched list | jobsched rm -");
  return app;
}

Fallible<void> run(const RmOptions& options, const Globals& globals) {
  Client client(globals.server);
  return for_each_id(options.ids, [&](const JobId& id) -> Fallible<void> {
    const auto answer = client.send({"DELETE", "/1/jobs/" + format_job_id(id), Format::kJson});
    if (!answer) return tl::unexpected(answer.error());
    return {};
  });
}

}  // namespace jobsched::cmd
