#pragma once

#include <cstddef>
#include <string>

namespace jobsched::cmd {

// A bar that fills, on standard error, if that is a terminal; gone when this is.
class Progress {
 public:
  explicit Progress(std::size_t total);
  ~Progress();

  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void show(std::size_t done);

 private:
  std::size_t total_;
  bool visible_;
};

// "[##########..........]  50 %  5000 of 10000". Requires: 0 < total, done <= total.
std::string progress_bar(std::size_t done, std::size_t total);

}  // namespace jobsched::cmd
