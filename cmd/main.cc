#include <csignal>
#include <exception>
#include <string>

#include "cmd/command_line.h"
#include "cmd/console.h"

int main(int argc, char** argv) {
  using namespace jobsched::cmd;
  hold_standard_descriptors();
  try {
    const std::vector<std::string> words(argv + (argc > 0 ? 1 : 0), argv + argc);
    const ExitCode code = run_command_line(words, read_environment());
    // A script ends at Ctrl-C only if its shell sees that the command has died of it.
    if (code == ExitCode::kInterrupted) std::raise(SIGINT);
    return static_cast<int>(code);
  } catch (const std::exception& error) {
    say(std::string("internal error: ") + error.what());
    return static_cast<int>(ExitCode::kError);
  }
}
