#include "cmd/serve.h"

#include "cmd/console.h"
#include "cmd/option.h"
#include "cmd/settings_file.h"
#include "daemon/daemon.h"
#include "daemon/settings/write.h"

namespace jobsched::cmd {

CLI::App* setup(CLI::App& parent, ServeOptions& options) {
  CLI::App* const app = add_command(parent, "serve", "Run the daemon, in the foreground");
  add_text(*app, "--config", options.config, "FILE",
           "The settings (default " + std::string(kDefaultSettingsFile) + ", if it is there)");
  add_texts(*app, "--listen", options.listen, "ADDR",
            "HOST:PORT, [IPV6]:PORT or unix:/PATH; may be repeated");
  add_text(*app, "--store", options.store, "PATH",
           "The file with the jobs, or the URI of a database: postgresql://…");
  add_flag(*app, "--check-config", options.check_config,
           "Only say what is wrong with the settings; 78 if anything is");
  add_flag(*app, "--print-config", options.print_config,
           "Only print the settings, and where each is from");
  add_footer(*app,
             "Every setting can also be given as a variable: limits.data as JOBSCHED_LIMITS_DATA.\n"
             "See jobsched.yaml(5).\n"
             "\n"
             "Examples:\n"
             "  jobsched serve --store ./jobs.db\n"
             "  jobsched serve --config jobsched.yaml --check-config\n"
             "  jobsched serve --print-config");
  return app;
}

Fallible<void> run(const ServeOptions& options, const Globals& globals) {
  const SettingsSource source{options.config, globals.environment, {options.listen, options.store}};
  const Fallible<SettingsResult> loaded = load_settings(source);
  if (!loaded) return tl::unexpected(loaded.error());
  if (options.check_config) {
    if (const auto usable = check_files(loaded->settings); !usable) {
      return fail(ExitCode::kConfiguration, usable.error().detail);
    }
  }
  if (options.print_config) return print(write_settings(*loaded));
  if (options.check_config) return print("configuration OK\n");
  const int status = run_daemon(loaded->settings, source);
  if (status != 0) return fail(static_cast<ExitCode>(status), {});
  return {};
}

}  // namespace jobsched::cmd
