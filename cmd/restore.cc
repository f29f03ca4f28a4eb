#include "cmd/restore.h"

#include "cmd/console.h"
#include "cmd/job_text.h"
#include "cmd/option.h"
#include "daemon/clock.h"
#include "daemon/zoneinfo/zone_cache.h"

namespace jobsched::cmd {

namespace {

void tell(const Restored& restored, const std::string& store) {
  say(in_jobs(restored.jobs) + " restored to " + store);
  if (restored.ended > 0) {
    say(in_jobs(restored.ended) + " of the backup left out: they have ended since it was made");
  }
  if (!restored.unread.empty()) {
    say("the store in its place could not be read, so nothing tells what was delivered since the"
        " backup was made: what was outstanding then is delivered again, under the same"
        " webhook-id (" +
        restored.unread + ")");
  }
  if (!restored.replaced.empty()) say("the store in its place is now " + restored.replaced);
}

}  // namespace

CLI::App* setup(CLI::App& parent, RestoreOptions& options) {
  CLI::App* const app = add_command(parent, "restore", "Put a backup in the place of the store");
  add_store_options(*app, "The backup, made by `jobsched backup`", options.store);
  add_footer(*app,
             "Stop the daemon first, and run it as the daemon's user. The store in its place is\n"
             "kept under another name. What it knows to be delivered since the backup was made is\n"
             "not delivered again.\n"
             "\n"
             "Example:\n"
             "  systemctl stop jobsched\n"
             "  jobsched restore /var/backups/jobs.db\n"
             "  systemctl start jobsched");
  return app;
}

Fallible<void> run(const RestoreOptions& options, const Globals& globals) {
  const auto settings = load_settings(options.store, globals);
  if (!settings) return tl::unexpected(settings.error());
  if (const auto file = expect_file(settings->store, "pg_restore"); !file) return file;
  ZoneCache zones(settings->zoneinfo);
  std::optional<Progress> bar;
  const auto restored = restore(
      options.store.file, settings->store, SystemClock().now(),
      [&](std::string_view name) { return zones.find(name); }, show_on(bar, globals.environment));
  bar.reset();
  if (!restored) return copy_failure(restored.error());
  tell(*restored, settings->store);
  return {};
}

}  // namespace jobsched::cmd
