#include "tests/support/child_process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

namespace jobsched::testing {

namespace {

std::array<int, 2> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("cannot make a pipe");
  return ends;
}

}  // namespace

ChildProcess::ChildProcess(const std::string& program,
                           const std::string& mode,
                           const std::string& path) {
  const std::array<int, 2> input = make_pipe();
  const std::array<int, 2> output = make_pipe();
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, input[0], STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, output[1], STDOUT_FILENO);
  std::string name = program;
  std::string first = mode;
  std::string second = path;
  const std::array<char*, 4> arguments{name.data(), first.data(), second.data(), nullptr};
  const int failed =
      ::posix_spawn(&pid_, program.c_str(), &actions, nullptr, arguments.data(), ::environ);
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(input[0]);
  ::close(output[1]);
  input_ = input[1];
  output_ = ::fdopen(output[0], "r");
  if (failed != 0) throw std::runtime_error("cannot run " + program);
}

ChildProcess::~ChildProcess() {
  kill();
  std::fclose(output_);
  ::close(input_);
}

std::optional<long> ChildProcess::read_number() {
  std::array<char, 32> line{};
  if (std::fgets(line.data(), static_cast<int>(line.size()), output_) == nullptr) {
    return std::nullopt;
  }
  return std::stol(line.data());
}

void ChildProcess::kill() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

}  // namespace jobsched::testing
