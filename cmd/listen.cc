#include "cmd/listen.h"

#include <chrono>

#include "cmd/console.h"
#include "cmd/option.h"
#include "cmd/received.h"
#include "daemon/clock.h"
#include "daemon/http/server.h"

namespace jobsched::cmd {

namespace {

constexpr std::string_view kDefaultAddress = "127.0.0.1:9000";
constexpr std::size_t kMaxCount = 1'000'000'000;
constexpr std::chrono::milliseconds kGrace{1'000};  // for the last answer to be read

http::Response plain_answer(int status) {
  http::Response response;
  response.status = status;
  return response;
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
  add_text(*app, "--status", options.status, "CODE", "Answer with this status (default 200)");
  add_footer(*app,
             "Example:\n"
             "  jobsched listen --count 1 &\n"
             "  jobsched add --in 5s -d hello http://127.0.0.1:9000/hook");
  return app;
}

Fallible<void> run(const ListenOptions& options, const Globals& globals) {
  const auto status = parse_count("--status", options.status.value_or("200"), 200, 599);
  if (!status) return tl::unexpected(status.error());
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
    responder->respond(plain_answer(static_cast<int>(*status)));
    // A client may send more before the server has stopped.
    if (left == 0) return;
    const bool json = globals.output == Format::kJson;
    printed = print(json ? request_json(request, clock.now()) : show_request(request, clock.now()));
    if (printed) printed = flush();
    if (options.count || !printed) --left;
    if (!printed) left = 0;
    if (left == 0) running->stop(kGrace);
  };
  const auto refuse = [](int refused_status, const std::string& detail, const http::Request*) {
    say("refused what is not HTTP: " + detail);
    return plain_answer(refused_status);
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
