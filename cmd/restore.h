#pragma once

#include "cmd/failure.h"
#include "cmd/globals.h"
#include "cmd/store_options.h"

namespace jobsched::cmd {

// `jobsched restore`: puts a backup in the place of the store, while no daemon has it open.
struct RestoreOptions {
  StoreOptions store;
};

CLI::App* setup(CLI::App& parent, RestoreOptions& options);
Fallible<void> run(const RestoreOptions& options, const Globals& globals);

}  // namespace jobsched::cmd
