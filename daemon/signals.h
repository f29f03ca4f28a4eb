#pragma once

#include <chrono>
#include <csignal>
#include <initializer_list>
#include <optional>

namespace jobsched {

// Takes signals out of the program's way so that one thread can wait for them in order. Made before
// any other thread, which then inherits the mask. SIGPIPE is ignored: writing to a peer that has
// gone is an error like any other.
class Signals {
 public:
  Signals(std::initializer_list<int> numbers);

  // Blocks until one of the signals arrives, at most for `timeout`; its number, if one came.
  std::optional<int> wait(std::chrono::milliseconds timeout) const;

 private:
  sigset_t set_{};
};

}  // namespace jobsched
