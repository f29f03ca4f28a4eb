#include "cmd/store_options.h"

#include "cmd/option.h"
#include "daemon/store/store_address.h"

namespace jobsched::cmd {

void add_store_options(CLI::App& app, const std::string& file_help, StoreOptions& options) {
  add_argument(app, "FILE", options.file, file_help);
  add_text(
      app, "--config", options.config, "FILE",
      "The daemon's settings (default " + std::string(kDefaultSettingsFile) + ", if it is there)");
  add_text(app, "--store", options.store, "PATH", "The store, if not as the settings say");
}

Fallible<Settings> load_settings(const StoreOptions& options, const Globals& globals) {
  return load_settings(SettingsSource{options.config, globals.environment, {{}, options.store}})
      .map(&SettingsResult::settings);
}

Fallible<void> expect_file(const std::string& address, std::string_view tool) {
  if (!is_database(address)) return {};
  return fail(ExitCode::kUsage, "the store is " + shown_address(address) + ", not a file; use " +
                                    std::string(tool) + " and the other tools of PostgreSQL");
}

CopyProgress show_on(std::optional<Progress>& bar, const Environment& environment) {
  return [&bar, &environment](std::uint64_t done, std::uint64_t total) {
    if (!bar && total > 0) bar.emplace(total, environment);
    if (bar) bar->show(done);
  };
}

tl::unexpected<Failure> copy_failure(const Error& error) {
  const bool in_use = error.kind == ErrorKind::kConflict;
  return fail(in_use ? ExitCode::kTryLater : exit_code(error.kind), error.detail);
}

}  // namespace jobsched::cmd
