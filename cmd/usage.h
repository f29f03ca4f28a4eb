#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cmd/failure.h"

namespace CLI {
class App;
class ParseError;
}  // namespace CLI

namespace jobsched::cmd {

// The words of a command line as CLI11 should get them: "help COMMAND" as "COMMAND --help", and
// "--option=" as the option and an empty word, in place of which CLI11 would take the next word.
std::vector<std::string> prepare(std::vector<std::string> words);

// What is wrong with a command line that CLI11 refused, in our words: a command or option that does
// not exist, with the nearest that does; else what is missing or too much. The exit code is kUsage.
Failure explain(const CLI::App& app, const CLI::ParseError& error);

// The same for what CLI11 passes over when help is asked for, or no command was given.
// Absent if nothing is unknown.
std::optional<Failure> unknown_word(const CLI::App& app);

}  // namespace jobsched::cmd
