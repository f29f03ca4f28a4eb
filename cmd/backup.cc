#include "cmd/backup.h"

#include "cmd/console.h"
#include "cmd/job_text.h"
#include "cmd/option.h"

namespace jobsched::cmd {

CLI::App* setup(CLI::App& parent, BackupOptions& options) {
  CLI::App* const app =
      add_command(parent, "backup", "Copy the store to a file, also while the daemon runs");
  add_store_options(*app, "Where to; an earlier backup there is replaced", options.store);
  add_footer(*app,
             "Run it as the daemon's user, who may read the store. The copy is what the store was\n"
             "at one instant; it is checked before it takes its name.\n"
             "\n"
             "Examples:\n"
             "  jobsched backup /var/backups/jobs.db\n"
             "  jobsched backup --store ./jobs.db ./jobs.backup");
  return app;
}

Fallible<void> run(const BackupOptions& options, const Globals& globals) {
  const auto settings = load_settings(options.store, globals);
  if (!settings) return tl::unexpected(settings.error());
  if (const auto file = expect_file(settings->store, "pg_dump"); !file) return file;
  std::optional<Progress> bar;
  const auto jobs = back_up(settings->store, options.store.file, show_on(bar, globals.environment));
  bar.reset();
  if (!jobs) return copy_failure(jobs.error());
  say(in_jobs(*jobs) + " copied from " + settings->store + " to " + options.store.file);
  return {};
}

}  // namespace jobsched::cmd
