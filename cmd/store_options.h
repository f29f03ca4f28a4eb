#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cmd/failure.h"
#include "cmd/globals.h"
#include "cmd/progress.h"
#include "cmd/settings_file.h"
#include "daemon/store/backup.h"

namespace CLI {
class App;
}

namespace jobsched::cmd {

// What the commands that copy the store's file have in common.
struct StoreOptions {
  std::string file;  // the backup
  std::optional<std::string> config;
  std::optional<std::string> store;
};

void add_store_options(CLI::App& app, const std::string& file_help, StoreOptions& options);

// The settings that say where the store is.
Fallible<Settings> load_settings(const StoreOptions& options, const Globals& globals);

// Errors: kUsage if the store at `address` is in a database, whose `tool` does what is asked for.
Fallible<void> expect_file(const std::string& address, std::string_view tool);

// Shows on `bar` how much is copied. Both arguments outlive what it returns.
CopyProgress show_on(std::optional<Progress>& bar, const Environment& environment);

// What to exit with, and to say.
tl::unexpected<Failure> copy_failure(const Error& error);

}  // namespace jobsched::cmd
