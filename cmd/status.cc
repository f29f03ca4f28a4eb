#include "cmd/status.h"

#include <algorithm>
#include <chrono>

#include "cmd/client.h"
#include "cmd/console.h"
#include "cmd/option.h"
#include "cmd/patience.h"
#include "cmd/status_text.h"
#include "core/time/duration.h"
#include "daemon/clock.h"

namespace jobsched::cmd {

namespace {

constexpr Millis kTimeout{5'000};       // of a question; who asks wants to know soon
constexpr Millis kLeastTimeout{500};    // of the last one before patience ends
constexpr Millis kBetweenTries{1'000};  // at most
constexpr Millis kForEver = Millis::max();

struct Asked {
  DaemonStatus status;
  ExitCode code = ExitCode::kDone;
};

Asked no_answer(DaemonStatus status, ExitCode code, const std::string& detail) {
  status.detail = detail;
  return {std::move(status), code};
}

Asked not_ready(DaemonStatus status, const std::string& detail) {
  status.state = DaemonStatus::State::kNotReady;
  status.detail = detail;
  return {std::move(status), ExitCode::kError};
}

// Fails only with what has nothing to do with the daemon.
Fallible<Asked> ask(Client& client, const std::string& server, Millis timeout) {
  DaemonStatus status{server};
  const auto alive = client.send({"GET", "/healthz", Format::kJson, {}, {}, timeout});
  if (!alive) {
    const ExitCode code = alive.error().code;
    const std::string& detail = alive.error().message;
    if (code == ExitCode::kUsage || code == ExitCode::kInterrupted) {
      return tl::unexpected(alive.error());
    }
    if (code == ExitCode::kTryLater) return not_ready(std::move(status), detail);
    const bool closed = code == ExitCode::kUnauthorized;
    return no_answer(std::move(status), closed ? code : ExitCode::kUnreachable, detail);
  }
  status.version = read_version(alive->body);
  if (status.version.empty()) {
    return no_answer(std::move(status), ExitCode::kUnreachable,
                     "what answers at " + server +
                         " is not jobsched; check the address that -s or JOBSCHED_SERVER names");
  }
  const auto ready = client.send({"GET", "/readyz", Format::kJson, {}, {}, timeout});
  if (ready) {
    status.state = DaemonStatus::State::kReady;
    return Asked{std::move(status)};
  }
  const ExitCode code = ready.error().code;
  const std::string& detail = ready.error().message;
  if (code == ExitCode::kInterrupted) return tl::unexpected(ready.error());
  if (code == ExitCode::kUnreachable) return no_answer(std::move(status), code, detail);
  return not_ready(std::move(status), detail);
}

Fallible<Millis> read_patience(const std::optional<std::string>& wait) {
  if (!wait) return Millis{0};
  if (wait->empty()) return kForEver;
  const auto length = parse_duration(*wait);
  if (!length) return refuse_argument("--wait", length.error());
  return *length;
}

// Asks until it is ready or patience is at its end.
Fallible<Asked> ask_until_ready(Client& client, const std::string& server, Millis patience) {
  const SystemClock clock;
  const auto begun = clock.steady_now();
  const auto left = [&] {
    if (patience == kForEver) return kForEver;
    return patience - std::chrono::floor<Millis>(clock.steady_now() - begun);
  };
  Pace pace;
  bool told = false;
  for (;;) {
    const Millis timeout =
        patience == Millis{0} ? kTimeout : std::clamp(left(), kLeastTimeout, kTimeout);
    auto asked = ask(client, server, timeout);
    if (!asked || asked->code == ExitCode::kDone || left() <= Millis{0}) return asked;
    if (!told) say(asked->status.detail + "; waiting until it is ready");
    told = true;
    const Millis next = std::min(std::min(pace.next(), kBetweenTries), left());
    if (const auto paused = pause(std::max(next, Millis{0})); !paused) {
      return tl::unexpected(paused.error());
    }
  }
}

}  // namespace

CLI::App* setup(CLI::App& parent, StatusOptions& options) {
  CLI::App* const app = add_command(parent, "status", "Say whether the daemon is ready");
  add_optional_text(*app, "--wait", options.wait, "[DURATION]",
                    "Wait until it is, for so long at most: 30s, 5m; without a DURATION as long "
                    "as it takes");
  add_footer(*app,
             "The status is 0 if it is ready, 1 if it is up, but not ready, and 7 if it does not\n"
             "answer.\n"
             "\n"
             "Examples:\n"
             "  jobsched status\n"
             "  jobsched status --wait=30s && jobsched add --in 10m https://example.org/hook\n"
             "  jobsched status -o json | jq -r .version");
  return app;
}

Fallible<void> run(const StatusOptions& options, const Globals& globals) {
  const auto patience = read_patience(options.wait);
  if (!patience) return tl::unexpected(patience.error());
  Client client(globals.server);
  const auto asked = ask_until_ready(client, globals.server.text, *patience);
  if (!asked) return tl::unexpected(asked.error());
  const auto printed = print(show_status(globals.output, asked->status));
  if (!printed || asked->code == ExitCode::kDone) return printed;
  return fail(asked->code, asked->status.detail);
}

}  // namespace jobsched::cmd
