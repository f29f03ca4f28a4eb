#pragma once

#include <cstddef>
#include <string>

#include "cmd/environment.h"

namespace jobsched::cmd {

// A bar that fills, on standard error, if that is a terminal which can take a line back; gone when
// this is. The terminal may be that of standard output, too: it is to be hidden while that is
// written to.
class Progress {
 public:
  Progress(std::size_t total, const Environment& environment);
  ~Progress();

  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void show(std::size_t done);
  void hide();

 private:
  std::size_t total_;
  bool possible_;
  bool visible_ = false;
};

// "[##########..........]  50 %  5000 of 10000". Requires: 0 < total, done <= total.
std::string progress_bar(std::size_t done, std::size_t total);

}  // namespace jobsched::cmd
