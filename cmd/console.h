#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "cmd/failure.h"

namespace jobsched::cmd {

// Data, to standard output, as it is.
Fallible<void> print(std::string_view data);

// What was printed so far reaches the reader now. A reader that has gone ends the process quietly
// (SIGPIPE), as it does every filter.
Fallible<void> flush();

// Ends the process in the same way if the reader has gone, for a command that may have nothing to
// print for long.
void end_without_reader();

// A message for people, to standard error, on a line of its own after "jobsched: ". Control
// characters, which the text may have from a peer, are replaced.
void say(std::string_view message);

// How many columns the terminal has on which a person looks at standard output, 80 if it does not
// say; absent if that is no terminal.
std::optional<std::size_t> terminal_width();

// Makes closed descriptors 0 to 2 ones that fail, so that no file or socket that is opened later
// takes their place and is written to in their stead. To be called before anything is opened.
void hold_standard_descriptors();

}  // namespace jobsched::cmd
