#include "cmd/serve.h"

#include <filesystem>
#include <system_error>

#include "cmd/console.h"
#include "cmd/option.h"
#include "cmd/payload.h"
#include "daemon/daemon.h"

namespace jobsched::cmd {

namespace {

constexpr std::string_view kDefaultConfig = "/etc/jobsched/jobsched.yaml";
constexpr std::size_t kMaxConfig = 1'048'576;  // bytes; a page is plenty

// The text of the file that is named, else of the default one if it is there.
Fallible<std::optional<std::string>> read_config(const std::string& path, bool named) {
  std::error_code error;
  const bool absent =
      std::filesystem::status(path, error).type() == std::filesystem::file_type::not_found;
  if (!named && absent) return std::nullopt;
  auto text = read_file(path, kMaxConfig, ExitCode::kConfiguration);
  if (!text) return fail(ExitCode::kConfiguration, text.error().message);
  return std::optional(std::move(*text));
}

}  // namespace

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
  const std::string path = options.config.value_or(std::string(kDefaultConfig));
  const auto yaml = read_config(path, options.config.has_value());
  if (!yaml) return tl::unexpected(yaml.error());
  const auto [settings, faults] =
      read_settings(path, *yaml, globals.environment, {options.listen, options.store});
  for (const SettingsFault& fault : faults)
    say(fault.place + ": " + fault.message);
  if (!faults.empty()) return fail(ExitCode::kConfiguration, {});
  if (options.check_config) return print("configuration OK\n");
  const int status = run_daemon(settings);
  if (status != 0) return fail(static_cast<ExitCode>(status), {});
  return {};
}

}  // namespace jobsched::cmd
