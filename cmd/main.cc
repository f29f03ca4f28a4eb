#include <exception>
#include <string>

#include "cmd/command_line.h"
#include "cmd/console.h"

int main(int argc, char** argv) {
  using namespace jobsched::cmd;
  try {
    const std::vector<std::string> words(argv + (argc > 0 ? 1 : 0), argv + argc);
    return static_cast<int>(run_command_line(words, read_environment()));
  } catch (const std::exception& error) {
    say(std::string("internal error: ") + error.what());
    return static_cast<int>(ExitCode::kError);
  }
}
