#include "cmd/wait.h"

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "cmd/console.h"
#include "cmd/job_text.h"
#include "cmd/log_query.h"
#include "cmd/log_text.h"
#include "cmd/patience.h"
#include "core/codec/delivery_codec.h"
#include "daemon/clock.h"

namespace jobsched::cmd {

namespace {

// The longest sleep at a stretch: the clock may be set meanwhile, …
constexpr Millis kStretch = std::chrono::minutes{1};
// … and a delivery that waits for its next attempt hastened, or its job deleted.
constexpr Millis kLook = std::chrono::seconds{30};

class Wait {
 public:
  Wait(Client& client, std::string id)
      : patient_(client),
        send_([this](const ClientRequest& request) { return patient_.send(request); }),
        id_(std::move(id)),
        target_("/1/jobs/" + id_) {}

  Fallible<LoggedDelivery> first_delivery() {
    for (;;) {
      const auto answer = send_({"GET", target_ + "/deliveries", Format::kJson});
      if (!answer) return tl::unexpected(before_firing(answer.error()));
      const auto logged = read_deliveries(answer->body);
      if (!logged) return fail(ExitCode::kError, logged.error().detail);
      if (!logged->empty()) return logged->back();
      if (const auto slept = await_fire_time(); !slept) {
        return tl::unexpected(slept.error());
      }
    }
  }

  Fallible<LoggedDelivery> end_of(LoggedDelivery logged) {
    std::uint32_t told = 0;
    Pace pace;
    for (;;) {
      if (!logged.attempts.empty() && logged.attempts.back().number > told) {
        told = logged.attempts.back().number;
        say(describe_last_attempt(logged));
        pace.reset();
      }
      if (is_terminal(logged.state)) return logged;
      const Millis left = logged.due ? *logged.due - clock_.now() : Millis{0};
      const Millis length = left > Millis{0} ? std::min(left, kLook) : pace.next();
      if (const auto paused = pause(length); !paused) return tl::unexpected(paused.error());
      auto next = fetch_delivery(send_, logged.delivery);
      if (!next) return next;
      logged = *std::move(next);
    }
  }

 private:
  Failure before_firing(const Failure& failure) const {
    if (failure.code != ExitCode::kNotFound) return failure;
    return {ExitCode::kDeliveryFailed, "job " + id_ + " was deleted before it fired"};
  }

  // Until the time that the job says now; a little, if that has come or it says none. A job that is
  // gone has fired, or the next look at its deliveries tells.
  Fallible<void> await_fire_time() {
    const auto job = send_({"GET", target_, Format::kJson});
    if (!job && job.error().code == ExitCode::kNotFound) return {};
    if (!job) return tl::unexpected(job.error());
    const auto summary = summarize(job->body, clock_.now());
    if (!summary) return fail(ExitCode::kError, summary.error().detail);
    if (!summary->time || *summary->time <= clock_.now()) return pause(pace_.next());
    pace_.reset();
    for (;;) {
      const Millis left = *summary->time - clock_.now();
      if (left <= Millis{0}) return {};
      if (const auto paused = pause(std::min(left, kStretch)); !paused) return paused;
    }
  }

  PatientClient patient_;
  Send send_;
  std::string id_;
  std::string target_;
  SystemClock clock_;
  Pace pace_;
};

}  // namespace

Fallible<void> await_delivery(Client& client, const std::string& id) {
  Wait wait(client, id);
  const auto ended = wait.first_delivery().and_then(
      [&](const LoggedDelivery& first) { return wait.end_of(first); });
  if (!ended && ended.error().code == ExitCode::kInterrupted) {
    return fail(ExitCode::kInterrupted,
                "not waiting any longer; job " + id + " stays, and fires all the same");
  }
  if (!ended) return tl::unexpected(ended.error());
  if (ended->state == DeliveryState::kAccepted) return {};
  const std::string reason = ended->reason.empty() ? "" : ": " + ended->reason;
  return fail(ExitCode::kDeliveryFailed,
              "the delivery is " + std::string(state_name(ended->state)) + reason);
}

}  // namespace jobsched::cmd
