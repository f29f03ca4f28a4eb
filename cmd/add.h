#pragma once

#include <optional>
#include <string>

#include "cmd/failure.h"
#include "cmd/globals.h"
#include "cmd/job_options.h"

namespace jobsched::cmd {

// `jobsched add`: stores a job; prints its id, and its time as a message, and waits for the end of
// its first delivery if it is to (cmd/wait.h). As a dry run it only checks the job, by the daemon's
// rules, and says when it would fire. With a file it does so for all jobs in it (cmd/add_file.h).
struct AddOptions {
  JobOptions job;
  std::optional<std::string> url;
  std::optional<std::string> file;
  std::optional<std::string> idempotency_key;
  bool dry_run = false;
  bool wait = false;
};

CLI::App* setup(CLI::App& parent, AddOptions& options);
Fallible<void> run(const AddOptions& options, const Globals& globals);

}  // namespace jobsched::cmd
