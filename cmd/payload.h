#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "cmd/failure.h"

namespace jobsched::cmd {

// The payload that `-d` names, byte for byte: "@FILE" is the content of a file, "-" and "@-" that
// of standard input, anything else is the payload itself. At most kMaxDataBytes.
// Errors: kUsage for what cannot be read, kRefused for what is too long.
Fallible<std::string> read_payload(std::string_view argument);

// The whole of standard input, at most `limit` bytes. Errors: kUsage, kRefused.
Fallible<std::string> read_standard_input(std::size_t limit);

// The whole of a file, at most `limit` bytes. Errors: `code`, naming the file.
Fallible<std::string> read_file(const std::string& path, std::size_t limit, ExitCode code);

}  // namespace jobsched::cmd
