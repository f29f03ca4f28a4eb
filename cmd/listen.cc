#include "cmd/listen.h"

#include <chrono>
#include <memory>
#include <utility>

#include "cmd/console.h"
#include "cmd/option.h"
#include "cmd/received.h"
#include "cmd/rehearsal.h"
#include "cmd/verdict.h"
#include "daemon/clock.h"
#include "daemon/http/server.h"

namespace jobsched::cmd {

namespace {

constexpr std::string_view kDefaultAddress = "127.0.0.1:9000";
constexpr std::size_t kMaxCount = 1'000'000'000;
constexpr std::chrono::milliseconds kGrace{1'000};  // for the last answer to be read

// Others are served in the meantime.
void answer_later(http::Server& server,
                  const Clock& clock,
                  const Rehearsal& rehearsal,
                  int status,
                  std::shared_ptr<http::Responder> responder) {
  server.call_at(clock.steady_now() + rehearsal.delay(),
                 [&rehearsal, status, responder] { responder->respond(rehearsal.answer(status)); });
}

std::string url_of(const std::string& address) {
  return address.starts_with("unix:") ? address : "http://" + address + "/";
}

}  // namespace

CLI::App* setup(CLI::App& parent, ListenOptions& options) {
  CLI::App* const app =
      add_command(parent, "listen", "Receive callbacks and print them, to try things out");
  add_text(*app, "ADDR", options.address, "",
           "HOST:PORT, [IPV6]:PORT or unix:/PATH (default " + std::string(kDefaultAddress) + ")");
  add_text(*app, "--count", options.count, "N", "Exit after N requests");
  add_texts(*app, "--status", options.statuses, "CODE[,CODE...]",
            "Answer with these statuses in turn; the last one repeats (default 200,\n"
            "and 401 to a wrong signature)");
  add_texts(*app, "-H,--header", options.headers, "'NAME: VALUE'",
            "Answer with this header, too; any number of times");
  add_text(*app, "--delay", options.delay, "DURATION", "Answer only after this long");
  add_text(*app, "--secret-file", options.secret_file, "FILE",
           "Check signatures with the secrets of this file (JOBSCHED_SECRET)");
  add_footer(*app,
             "Examples:\n"
             "  jobsched listen --count 1 &\n"
             "  jobsched add --in 5s -d hello http://127.0.0.1:9000/hook\n"
             "  jobsched listen --status 503,503,200 --header 'Retry-After: 5'");
  return app;
}

Fallible<void> run(const ListenOptions& options, const Globals& globals) {
  auto rehearsal = Rehearsal::parse(options.statuses, options.headers, options.delay);
  if (!rehearsal) return tl::unexpected(rehearsal.error());
  const auto secrets = receiver_secrets(options.secret_file, globals.environment);
  if (!secrets) return tl::unexpected(secrets.error());
  const auto count = parse_count("--count", options.count.value_or("1"), 1, kMaxCount);
  if (!count) return tl::unexpected(count.error());
  const auto address = http::parse_address(options.address.value_or(std::string(kDefaultAddress)));
  if (!address) return refuse_argument("ADDR", address.error());

  const SystemClock clock;
  std::size_t left = *count;
  Fallible<void> printed;
  http::Server* running = nullptr;
  const auto handle = [&](const http::Request& request,
                          std::unique_ptr<http::Responder> responder) {
    const Instant arrival = clock.now();
    const Verdict verdict = judge(*secrets, request, arrival);
    const int status = rehearsal->next_status(!verdict || *verdict);
    answer_later(*running, clock, *rehearsal, status, std::move(responder));
    // A client may send more before the server has stopped.
    if (left == 0) return;
    const bool json = globals.output == Format::kJson;
    printed = print(json ? request_json(request, arrival, verdict)
                         : show_request(request, arrival, verdict));
    if (printed) printed = flush();
    if (options.count || !printed) --left;
    if (!printed) left = 0;
    if (left == 0) running->stop(kGrace + rehearsal->delay());
  };
  const auto refuse = [](int refused_status, const std::string& detail, const http::Request*) {
    say("refused what is not HTTP: " + detail);
    http::Response answer;
    answer.status = refused_status;
    return answer;
  };
  http::Server server(clock, {}, handle, refuse);
  running = &server;
  if (const auto bound = server.listen(*address); !bound) {
    return fail(ExitCode::kError, bound.error().detail);
  }
  for (const std::string& bound : server.addresses())
    say("listening on " + url_of(bound));
  server.run();
  return printed;
}

}  // namespace jobsched::cmd
