#pragma once

#include "cmd/failure.h"
#include "cmd/globals.h"
#include "cmd/store_options.h"

namespace jobsched::cmd {

// `jobsched backup`: copies the store to a file, also while the daemon is at work on it.
struct BackupOptions {
  StoreOptions store;
};

CLI::App* setup(CLI::App& parent, BackupOptions& options);
Fallible<void> run(const BackupOptions& options, const Globals& globals);

}  // namespace jobsched::cmd
