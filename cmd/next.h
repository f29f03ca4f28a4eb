#pragma once

#include <optional>
#include <string>

#include "cmd/failure.h"
#include "cmd/globals.h"

namespace jobsched::cmd {

// `jobsched next`: prints fire times of a cron expression, in UTC and on request also as a clock on
// the wall shows them, without a daemon.
struct NextOptions {
  std::string expression;
  std::optional<std::string> count;
  std::optional<std::string> from;
  std::optional<std::string> zone;
  bool local = false;
};

CLI::App* setup(CLI::App& parent, NextOptions& options);
Fallible<void> run(const NextOptions& options, const Globals& globals);

}  // namespace jobsched::cmd
