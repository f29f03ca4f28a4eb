#include "cmd/patience.h"

#include <chrono>
#include <csignal>
#include <ctime>

#include "cmd/console.h"

namespace jobsched::cmd {

namespace {

constexpr Millis kBetweenTries{1'000};

sigset_t only_interrupt() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  return signals;
}

bool is_ignored(int signal) {
  struct sigaction action {};

  sigaction(signal, nullptr, &action);
  return action.sa_handler == SIG_IGN;
}

}  // namespace

HeldInterrupts::HeldInterrupts() {
  const sigset_t signals = only_interrupt();
  pthread_sigmask(SIG_BLOCK, is_ignored(SIGINT) ? nullptr : &signals, &before_);
}

// One that has ended a request is still there to end the process, which has yet to say so.
HeldInterrupts::~HeldInterrupts() {
  const sigset_t signals = only_interrupt();
  constexpr timespec kAtOnce{};
  sigtimedwait(&signals, nullptr, &kAtOnce);
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

Fallible<void> pause(Millis length) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(length);
  const timespec timeout{seconds.count(), std::chrono::nanoseconds(length - seconds).count()};
  // One that is not held ends the process, as it should.
  sigset_t signals;
  pthread_sigmask(SIG_BLOCK, nullptr, &signals);
  const bool held = sigismember(&signals, SIGINT) == 1;
  sigemptyset(&signals);
  if (held) sigaddset(&signals, SIGINT);
  if (sigtimedwait(&signals, nullptr, &timeout) != SIGINT) return {};
  return fail(ExitCode::kInterrupted, {});
}

Fallible<Response> PatientClient::send(const ClientRequest& request) {
  for (;;) {
    auto answer = client_.send(request);
    const bool lost = !answer && (answer.error().code == ExitCode::kUnreachable ||
                                  answer.error().code == ExitCode::kTryLater);
    if (lost && !lost_) say(answer.error().message + "; trying again until it answers");
    if (answer && lost_) say("the daemon answers again");
    lost_ = lost;
    if (!lost) return answer;
    if (const auto paused = pause(kBetweenTries); !paused) return tl::unexpected(paused.error());
  }
}

}  // namespace jobsched::cmd
