#pragma once

#include "core/error.h"

namespace jobsched::cmd {

// The exit status of every command. Scripts rely on these numbers: none ever changes its meaning.
enum class ExitCode {
  kDone = 0,
  kError = 1,           // anything that has no number of its own
  kUsage = 2,           // the command line is wrong; nothing was tried
  kNotFound = 3,        // no such job
  kUnauthorized = 4,    // the daemon does not let this user do it
  kConflict = 5,        // the job is not as the command requires
  kRefused = 6,         // understood, but breaks a rule
  kUnreachable = 7,     // no daemon answers
  kDeliveryFailed = 8,  // a delivery that was waited for failed
  kTryLater = 75,       // EX_TEMPFAIL: the same may succeed later
  kConfiguration = 78,  // EX_CONFIG: the settings in a file are wrong
  kInterrupted = 130,   // 128 + SIGINT, as shells say it: the user has ended it
};

ExitCode exit_code(ErrorKind kind);

// Of an answer that is not a success: also knows the statuses that are no ErrorKind.
ExitCode exit_code_of_status(int http_status);

// The one that a command over many ids exits with: the one that says more about what to do next.
ExitCode worse(ExitCode a, ExitCode b);

}  // namespace jobsched::cmd
