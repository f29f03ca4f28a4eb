// Runs a command again and again, and says how long it takes and how much memory at most.
//
//     timed COUNT COMMAND [ARGUMENT…]
//
// Prints the median of the wall times in milliseconds, and the greatest resident set in KiB: that
// of a child of a small process, since a child begins with the peak of its parent.

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <vector>

namespace {

struct Run {
  double milliseconds;
  long peak;  // KiB
};

// With no input, and an output that nobody reads. Exits if the command fails.
Run run(char** command) {
  const auto begin = std::chrono::steady_clock::now();
  const pid_t child = fork();
  if (child == 0) {
    const int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
    dup2(nowhere, STDIN_FILENO);
    dup2(nowhere, STDOUT_FILENO);
    dup2(nowhere, STDERR_FILENO);
    execvp(command[0], command);
    std::_Exit(127);
  }
  int status = 0;
  rusage usage{};
  wait4(child, &status, 0, &usage);
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
  if (child < 0 || status != 0) {
    std::fprintf(stderr, "timed: %s ended with status %d\n", command[0], status);
    std::exit(1);
  }
  return {took.count(), usage.ru_maxrss};
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view text = argc > 2 ? argv[1] : "";
  std::size_t count = 0;
  std::from_chars(text.data(), text.data() + text.size(), count);
  if (count == 0) {
    std::fputs("usage: timed COUNT COMMAND [ARGUMENT...]\n", stderr);
    return 2;
  }
  std::vector<Run> runs(count);
  std::ranges::generate(runs, [&] { return run(argv + 2); });
  std::ranges::sort(runs, {}, &Run::milliseconds);
  const long peak = std::ranges::max(runs, {}, &Run::peak).peak;
  std::printf("%.1f %ld\n", runs[count / 2].milliseconds, peak);
}
