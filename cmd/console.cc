#include "cmd/console.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <system_error>

#include "core/text/utf8.h"

namespace jobsched::cmd {

namespace {

Fallible<void> write_failure() {
  return fail(ExitCode::kError,
              "cannot write to standard output: " + std::generic_category().message(errno));
}

bool reader_has_gone() {
  pollfd output{STDOUT_FILENO, POLLOUT, 0};
  return poll(&output, 1, 0) == 1 && (output.revents & POLLERR) != 0;
}

}  // namespace

Fallible<void> print(std::string_view data) {
  if (std::fwrite(data.data(), 1, data.size(), stdout) == data.size()) return {};
  return write_failure();
}

Fallible<void> flush() {
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return {};
  return write_failure();
}

void end_without_reader() {
  if (reader_has_gone()) std::raise(SIGPIPE);
}

void say(std::string_view message) {
  const std::string line = "jobsched: " + printable(message) + "\n";
  std::fwrite(line.data(), 1, line.size(), stderr);
}

std::optional<std::size_t> terminal_width() {
  constexpr std::size_t kUsual = 80;
  if (isatty(STDOUT_FILENO) != 1) return std::nullopt;
  winsize size{};
  const bool known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? size.ws_col : kUsual;
}

void hold_standard_descriptors() {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(descriptor, F_GETFD) != -1) continue;
    // The lowest that is free is taken. Nothing can be done if there is not even this file.
    static_cast<void>(open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY));
  }
}

}  // namespace jobsched::cmd
