#pragma once

#include <csignal>
#include <initializer_list>

namespace jobsched {

// Takes signals out of the program's way so that one thread can wait for them in order. Made before
// any other thread, which then inherits the mask. SIGPIPE is ignored: writing to a peer that has
// gone is an error like any other.
class Signals {
 public:
  Signals(std::initializer_list<int> numbers);

  // Blocks until one of the signals arrives; its number.
  int wait() const;

 private:
  sigset_t set_{};
};

}  // namespace jobsched
