#include "cmd/fire.h"

#include "cmd/client.h"
#include "cmd/console.h"
#include "cmd/ids.h"
#include "cmd/option.h"
#include "core/codec/delivery_codec.h"

namespace jobsched::cmd {

CLI::App* setup(CLI::App& parent, FireOptions& options) {
  CLI::App* const app =
      add_command(parent, "fire", "Fire jobs now, and print the ids of the deliveries");
  add_arguments(*app, "ID", options.ids, "Which jobs; - reads ids from standard input");
  add_footer(*app,
             "Their schedules stay as they are. A paused job can be fired, too.\n"
             "\n"
             "Examples:\n"
             "  jobsched fire 0192f0c1-2b3c-7d4e-8f5a-6b7c8d9e0f1a\n"
             "  jobsched fire 0192f0c1-2b3c-7d4e-8f5a-6b7c8d9e0f1a | jobsched log -");
  return app;
}

Fallible<void> run(const FireOptions& options, const Globals& globals) {
  Client client(globals.server);
  return for_each_id(options.ids, [&](const JobId& id) -> Fallible<void> {
    const std::string target = "/1/jobs/" + format_job_id(id) + "/fire";
    const auto answer = client.send({"POST", target, Format::kJson});
    if (!answer) return tl::unexpected(answer.error());
    const auto fired = read_delivery(answer->body);
    if (!fired) return fail(ExitCode::kError, fired.error().detail);
    return print(format_delivery_id(fired->delivery) + "\n");
  });
}

}  // namespace jobsched::cmd
