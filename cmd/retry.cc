#include "cmd/retry.h"

#include "cmd/client.h"
#include "cmd/ids.h"
#include "cmd/option.h"

namespace jobsched::cmd {

CLI::App* setup(CLI::App& parent, RetryOptions& options) {
  CLI::App* const app = add_command(parent, "retry", "Attempt deliveries again, now");
  add_arguments(*app, "DELIVERY", options.deliveries,
                "Which deliveries, as `jobsched log` prints their ids; - reads ids from\n"
                "standard input");
  add_footer(*app,
             "One that waits for its next attempt does not wait any longer; one that is exhausted\n"
             "or superseded goes on. The webhook-id stays the same.\n"
             "\n"
             "Examples:\n"
             "  jobsched retry 0192f0c1-2b3c-7d4e-8f5a-6b7c8d9e0f1a_1795539720997\n"
             "  jobsched log --state exhausted -o json | jq -r '.[].id' | jobsched retry -");
  return app;
}

Fallible<void> run(const RetryOptions& options, const Globals& globals) {
  Client client(globals.server);
  return for_each_delivery(options.deliveries, [&](const Delivery& delivery) {
    const std::string target = "/1/deliveries/" + format_delivery_id(delivery) + "/retry";
    return client.send({"POST", target, Format::kJson}).map([](const Response&) {});
  });
}

}  // namespace jobsched::cmd
