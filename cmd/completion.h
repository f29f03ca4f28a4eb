#pragma once

#include <string>

#include "cmd/failure.h"
#include "cmd/globals.h"

namespace jobsched::cmd {

// `jobsched completion`: prints the script that lets a shell complete command lines.
struct CompletionOptions {
  std::string shell;
};

CLI::App* setup(CLI::App& parent, CompletionOptions& options);
Fallible<void> run(const CompletionOptions& options, const Globals& globals);

}  // namespace jobsched::cmd
