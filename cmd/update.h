#pragma once

#include <optional>
#include <string>

#include "cmd/failure.h"
#include "cmd/globals.h"
#include "cmd/job_options.h"

namespace jobsched::cmd {

// `jobsched update`: changes what is given of a job and leaves the rest as it is, also what others
// change meanwhile. Fails with kConflict if they do so again and again.
struct UpdateOptions {
  std::string id;
  JobOptions job;
  std::optional<std::string> url;
};

CLI::App* setup(CLI::App& parent, UpdateOptions& options);
Fallible<void> run(const UpdateOptions& options, const Globals& globals);

}  // namespace jobsched::cmd
