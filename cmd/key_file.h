#pragma once

#include <string>

#include "cmd/failure.h"

namespace jobsched::cmd {

// The key in a file: its only word. Says so, to standard error, if the file can be read by
// everybody. Errors: kUsage if the file cannot be read or has not one key in it; the message has
// nothing of what is there.
Fallible<std::string> read_key_file(const std::string& path);

}  // namespace jobsched::cmd
