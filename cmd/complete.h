#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cmd/environment.h"
#include "cmd/failure.h"

namespace CLI {
class App;
}

namespace jobsched::cmd {

// `jobsched __complete -- WORD...`, which only the scripts of `jobsched completion` call: what the
// last word may be. A first line says "words", and a line for each follows, with a tab and a
// description behind it; or "files", which the shell knows better.
constexpr std::string_view kCompleteCommand = "__complete";

// The words are those behind the command's name. Says nothing of what goes wrong, a daemon that
// does not answer within half a second included: people are in the middle of a line.
Fallible<void> complete(const CLI::App& app,
                        std::vector<std::string> words,
                        const Environment& environment);

}  // namespace jobsched::cmd
