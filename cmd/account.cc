#include "cmd/account.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "cmd/account_text.h"
#include "cmd/client.h"
#include "cmd/console.h"
#include "cmd/option.h"
#include "core/account/account.h"
#include "core/text/suggestion.h"
#include "core/text/utf8.h"

namespace jobsched::cmd {

namespace {

constexpr std::string_view kTarget = "/1/accounts";
constexpr std::array<std::string_view, 4> kActions{"add", "list", "rm", "rotate"};

std::string target_of(const std::string& name) {
  return std::string(kTarget) + "/" + name;
}

// The key is data, and all that standard output gets in text.
Fallible<void> print_key(Client& client,
                         const std::string& target,
                         Format output,
                         const std::string& sentence) {
  const auto key = client.send({"POST", target, output});
  if (!key) return tl::unexpected(key.error());
  if (auto printed = print(key->body + "\n"); !printed) return printed;
  say(sentence + "; its key is not shown again");
  return {};
}

Fallible<void> list(Client& client, Format output) {
  const Format asked = output == Format::kText ? Format::kJson : output;
  const auto document = client.send({"GET", std::string(kTarget), asked});
  if (!document) return tl::unexpected(document.error());
  if (output != Format::kText) return print(document->body + "\n");
  const auto accounts = read_accounts(document->body);
  if (!accounts) return fail(ExitCode::kError, accounts.error().detail);
  if (accounts->empty()) {
    say("there are no accounts, and whoever reaches the daemon may use it; `jobsched account add` "
        "makes one");
  }
  return print(show_accounts(*accounts));
}

Fallible<void> remove(Client& client, const std::string& name, bool force) {
  const auto removed =
      client.send({"DELETE", target_of(name) + (force ? "?jobs=delete" : ""), Format::kText});
  if (!removed) return tl::unexpected(removed.error());
  say("account " + name + " is removed");
  return {};
}

Fallible<void> check(const AccountOptions& options) {
  if (std::ranges::find(kActions, options.action) == kActions.end()) {
    return fail(ExitCode::kUsage, "ACTION: " + quote(options.action) +
                                      " is not add, list, rm or rotate" +
                                      did_you_mean(options.action, kActions));
  }
  if (options.force && options.action != "rm") {
    return fail(ExitCode::kUsage, "--force: goes with `jobsched account rm` only");
  }
  if (options.action == "list") {
    if (!options.name) return {};
    return fail(ExitCode::kUsage, "NAME: `jobsched account list` takes none");
  }
  if (!options.name) {
    return fail(ExitCode::kUsage, "NAME: say which account to " + options.action +
                                      ", as in `jobsched account " + options.action + " alice`");
  }
  const Result<void> name = check_account_name(*options.name);
  if (!name) return refuse_argument("NAME", name.error());
  return {};
}

}  // namespace

CLI::App* setup(CLI::App& parent, AccountOptions& options) {
  CLI::App* const app =
      add_command(parent, "account", "Add, list or remove accounts, or give one another key");
  add_argument(*app, "ACTION", options.action,
               "add: make an account and print its key; list: print all accounts;\n"
               "rm: remove one; rotate: print another key, which ends the one before");
  add_optional_argument(*app, "NAME", options.name,
                        "The account: 1 to 64 of a-z, 0-9, . _ and -, but with list");
  add_flag(*app, "--force", options.force, "With rm: also if it has jobs, which go with it");
  add_text(*app, "--admin", options.admin, "ADDR",
           "The daemon's admin listener (JOBSCHED_ADMIN; default unix:/run/jobsched/admin.sock,\n"
           "or in $XDG_RUNTIME_DIR)");
  add_footer(*app,
             "Examples:\n"
             "  (umask 077; jobsched account add alice > alice.key)\n"
             "  jobsched list --key-file alice.key\n"
             "  jobsched account list");
  return app;
}

Fallible<ServerAddress> admin_address(const std::optional<std::string>& option,
                                      const Environment& environment) {
  const std::string exported = variable(environment, "JOBSCHED_ADMIN");
  auto address = parse_server_address(
      option.value_or(exported.empty() ? default_admin_address(environment) : exported));
  if (!address) return refuse_argument(option ? "--admin" : "JOBSCHED_ADMIN", address.error());
  address->named_by = "--admin or JOBSCHED_ADMIN";
  return *std::move(address);
}

Fallible<void> run(const AccountOptions& options, const Globals& globals) {
  if (auto checked = check(options); !checked) return checked;
  auto address = admin_address(options.admin, globals.environment);
  if (!address) return tl::unexpected(address.error());
  Client client(*std::move(address));
  if (options.action == "list") return list(client, globals.output);
  const std::string& name = *options.name;
  if (options.action == "rm") return remove(client, name, options.force);
  if (options.action == "add") {
    return print_key(client, target_of(name), globals.output, "account " + name + " is added");
  }
  return print_key(client, target_of(name) + "/key", globals.output,
                   "account " + name + " has another key, and the one before has ended");
}

}  // namespace jobsched::cmd
