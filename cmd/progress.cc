#include "cmd/progress.h"

#include <unistd.h>

#include <cstdio>
#include <string_view>
#include <utility>

namespace jobsched::cmd {

namespace {

constexpr std::size_t kWidth = 20;
constexpr std::string_view kClearLine = "\r\x1b[K";

void write(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

bool is_dumb(const Environment& environment) {
  const std::string type = variable(environment, "TERM");
  return type.empty() || type == "dumb";
}

}  // namespace

Progress::Progress(std::size_t total, const Environment& environment)
    : total_(total), possible_(total > 0 && isatty(STDERR_FILENO) == 1 && !is_dumb(environment)) {}

Progress::~Progress() {
  hide();
}

void Progress::show(std::size_t done) {
  if (!possible_) return;
  write("\r" + progress_bar(done, total_));
  visible_ = true;
}

void Progress::hide() {
  if (std::exchange(visible_, false)) write(kClearLine);
}

std::string progress_bar(std::size_t done, std::size_t total) {
  const std::size_t filled = done * kWidth / total;
  std::string percent = std::to_string(done * 100 / total);
  percent.insert(0, 3 - percent.size(), ' ');
  return "[" + std::string(filled, '#') + std::string(kWidth - filled, '.') + "] " + percent +
         " %  " + std::to_string(done) + " of " + std::to_string(total);
}

}  // namespace jobsched::cmd
