#pragma once

#include <optional>
#include <string>

#include "cmd/failure.h"
#include "cmd/globals.h"

namespace CLI {
class App;
}

namespace jobsched::cmd {

// `jobsched migrate`: moves a store from SQLite to PostgreSQL or back, while nobody uses it.
struct MigrateOptions {
  std::optional<std::string> from;
  std::optional<std::string> to;
  std::optional<std::string> config;
};

CLI::App* setup(CLI::App& parent, MigrateOptions& options);
Fallible<void> run(const MigrateOptions& options, const Globals& globals);

}  // namespace jobsched::cmd
