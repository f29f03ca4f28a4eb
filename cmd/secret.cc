#include "cmd/secret.h"

#include <array>
#include <string_view>

#include "cmd/client.h"
#include "cmd/console.h"
#include "cmd/option.h"
#include "cmd/secret_text.h"
#include "core/text/suggestion.h"
#include "core/text/utf8.h"
#include "core/time/duration.h"

namespace jobsched::cmd {

namespace {

constexpr std::string_view kTarget = "/1/secrets";
constexpr std::array<std::string_view, 2> kActions{"rotate", "rm"};

ClientRequest request(const std::string& method, Format accept, const std::string& query = {}) {
  return {method, std::string(kTarget) + query, accept};
}

Fallible<std::vector<SecretTerm>> read_terms(Client& client) {
  const auto document = client.send(request("GET", Format::kJson));
  if (!document) return tl::unexpected(document.error());
  auto terms = read_secret_terms(document->body);
  if (!terms) return fail(ExitCode::kError, terms.error().detail);
  return std::move(*terms);
}

Fallible<void> show(Client& client, Format output) {
  if (output != Format::kText) {
    return client.send(request("GET", output)).and_then([](const Response& answer) {
      return print(answer.body + "\n");
    });
  }
  const auto terms = read_terms(client);
  if (!terms) return tl::unexpected(terms.error());
  if (terms->empty()) say("callbacks are not signed; `jobsched secret rotate` makes a secret");
  return print(show_terms(*terms));
}

Fallible<void> rotate(Client& client, const std::optional<std::string>& overlap, Format output) {
  std::string query;
  if (overlap) {
    if (const auto length = parse_duration(*overlap); !length) {
      return refuse_argument("--overlap", length.error());
    }
    query = "?overlap=" + *overlap;
  }
  const auto made = client.send(request("POST", output, query));
  if (!made) return tl::unexpected(made.error());
  if (auto printed = print(made->body + "\n"); !printed) return printed;
  std::string sentence =
      "keep this secret, it is not shown again; callbacks are signed with it from now on";
  // The secret is made and printed: that its predecessor cannot be asked for is no failure.
  const auto terms = read_terms(client);
  if (terms && terms->size() > 1 && terms->at(1).ends) {
    sentence += ", and with the one before until " + *terms->at(1).ends;
  }
  say(sentence);
  return {};
}

Fallible<void> remove(Client& client) {
  const auto removed = client.send(request("DELETE", Format::kText));
  if (!removed) return tl::unexpected(removed.error());
  say("callbacks are not signed any more");
  return {};
}

}  // namespace

CLI::App* setup(CLI::App& parent, SecretOptions& options) {
  CLI::App* const app =
      add_command(parent, "secret", "Show, make or remove the secrets that sign callbacks");
  add_optional_argument(*app, "ACTION", options.action,
                        "rotate: make a new secret and print it; rm: sign no more. Without it:\n"
                        "print since when, and until when, there are secrets");
  add_text(*app, "--overlap", options.overlap, "DURATION",
           "With rotate: how long the secret before goes on, too (default 24h)");
  add_footer(*app,
             "Examples:\n"
             "  jobsched secret rotate > secret\n"
             "  jobsched listen --secret-file secret");
  return app;
}

Fallible<void> run(const SecretOptions& options, const Globals& globals) {
  const std::string action = options.action.value_or("");
  if (options.action && action != "rotate" && action != "rm") {
    return fail(ExitCode::kUsage, "ACTION: " + quote(action) + " is not rotate or rm" +
                                      did_you_mean(action, kActions));
  }
  if (options.overlap && action != "rotate") {
    return fail(ExitCode::kUsage, "--overlap: goes with `jobsched secret rotate` only");
  }
  Client client(globals.server);
  if (action == "rotate") return rotate(client, options.overlap, globals.output);
  if (action == "rm") return remove(client);
  return show(client, globals.output);
}

}  // namespace jobsched::cmd
