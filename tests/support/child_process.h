#pragma once

#include <sys/types.h>

#include <cstdio>
#include <optional>
#include <string>

namespace jobsched::testing {

// A program whose input and output are the test's to use; killed in the end if it still runs.
class ChildProcess {
 public:
  ChildProcess(const std::string& program, const std::string& mode, const std::string& path);
  ~ChildProcess();

  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  // The next line of its output, a number; absent at the end.
  std::optional<long> read_number();

  // SIGKILL; what it wrote before can still be read.
  void kill();

 private:
  pid_t pid_ = -1;
  int input_ = -1;
  std::FILE* output_ = nullptr;
};

}  // namespace jobsched::testing
