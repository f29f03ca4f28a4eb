#include "cmd/serve.h"

#include "cmd/console.h"
#include "cmd/option.h"
#include "cmd/settings_file.h"
#include "daemon/daemon.h"

namespace jobsched::cmd {

CLI::App* setup(CLI::App& parent, ServeOptions& options) {
  CLI::App* const app = add_command(parent, "serve", "Run the daemon, in the foreground");
  add_text(*app, "--config", options.config, "FILE",
           "The settings (default " + std::string(kDefaultConfig) + ", if it is there)");
  add_texts(*app, "--listen", options.listen, "ADDR",
            "HOST:PORT, [IPV6]:PORT or unix:/PATH; may be repeated");
  add_text(*app, "--store", options.store, "PATH", "The file with the jobs");
  add_flag(*app, "--check-config", options.check_config,
           "Only say what is wrong with the settings; 78 if anything is");
  add_footer(*app,
             "Every setting can also be given as a variable: limits.data as JOBSCHED_LIMITS_DATA.\n"
             "See jobsched.yaml(5).\n"
             "\n"
             "Examples:\n"
             "  jobsched serve --store ./jobs.db\n"
             "  jobsched serve --config jobsched.yaml --check-config");
  return app;
}

Fallible<void> run(const ServeOptions& options, const Globals& globals) {
  const Fallible<Settings> settings =
      load_settings(options.config, globals.environment, {options.listen, options.store});
  if (!settings) return tl::unexpected(settings.error());
  if (options.check_config) {
    if (const auto usable = check_files(*settings); !usable) {
      return fail(ExitCode::kConfiguration, usable.error().detail);
    }
    return print("configuration OK\n");
  }
  const int status = run_daemon(*settings, globals.environment);
  if (status != 0) return fail(static_cast<ExitCode>(status), {});
  return {};
}

}  // namespace jobsched::cmd
