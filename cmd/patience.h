#pragma once

#include <algorithm>
#include <csignal>
#include <string>

#include "cmd/client.h"
#include "cmd/failure.h"
#include "core/time/instant.h"

namespace jobsched::cmd {

// For commands that wait for what the daemon does.

// While it lives, SIGINT does not end the process but what it is waiting for: a pause, or a request
// of a Client, fails with kInterrupted and nothing to tell yet. Where it is ignored, as in the
// background of a script, it stays so.
class HeldInterrupts {
 public:
  HeldInterrupts();
  ~HeldInterrupts();

  HeldInterrupts(const HeldInterrupts&) = delete;
  HeldInterrupts& operator=(const HeldInterrupts&) = delete;

 private:
  sigset_t before_;
};

// Lets time pass.
Fallible<void> pause(Millis length);

// The pauses between questions to which the answer is still awaited: they grow, so that a short
// wait ends soon and a long one costs little.
class Pace {
 public:
  Millis next() { return next_ = std::min(next_ * 3 / 2, kLongest); }

  // Something has happened, so that more may follow soon.
  void reset() { next_ = kShortest; }

 private:
  static constexpr Millis kShortest{100};
  static constexpr Millis kLongest{5'000};

  Millis next_ = kShortest;
};

// Sends requests to a daemon, which has answered before and may be restarted meanwhile: a question
// that finds none, or one that asks to try later, is asked again until it is answered. That is told
// once, and once that it is over.
class PatientClient {
 public:
  explicit PatientClient(Client& client) : client_(client) {}

  // The answer to a request that may be sent again. Fails as Client::send does, but not with
  // kUnreachable or kTryLater.
  Fallible<Response> send(const ClientRequest& request);

 private:
  Client& client_;
  bool lost_ = false;
};

}  // namespace jobsched::cmd
