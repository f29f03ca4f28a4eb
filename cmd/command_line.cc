#include "cmd/command_line.h"

#include <functional>
#include <memory>
#include <optional>
#include <tuple>
#include <utility>

#include <CLI/CLI.hpp>

#include "cmd/account.h"
#include "cmd/add.h"
#include "cmd/backup.h"
#include "cmd/client_settings.h"
#include "cmd/complete.h"
#include "cmd/completion.h"
#include "cmd/console.h"
#include "cmd/fire.h"
#include "cmd/get.h"
#include "cmd/list.h"
#include "cmd/listen.h"
#include "cmd/log.h"
#include "cmd/migrate.h"
#include "cmd/next.h"
#include "cmd/pause.h"
#include "cmd/restore.h"
#include "cmd/retry.h"
#include "cmd/rm.h"
#include "cmd/secret.h"
#include "cmd/serve.h"
#include "cmd/status.h"
#include "cmd/update.h"
#include "cmd/usage.h"
#include "cmd/usage_formatter.h"
#include "cmd/version.h"
#include "core/version.h"

namespace jobsched::cmd {

namespace {

constexpr std::string_view kSummary =
    "jobsched calls a URL back when a job is due.\n"
    "\n"
    "  jobsched serve                                       run the daemon\n"
    "  jobsched add --in 10m -d hello http://localhost/hook store a job, print its id\n"
    "  jobsched list | jobsched get -                       show all jobs\n"
    "\n"
    "Try `jobsched --help` for all commands.\n";

// The tree of commands with their options, for one parse.
class CommandLine {
 public:
  CommandLine() : app_("jobsched calls a URL back when a job is due, once or on a cron schedule.") {
    app_.name("jobsched");
    app_.set_version_flag("-V,--version", "jobsched " + std::string(version()),
                          "Print the version");
    app_.set_help_flag("-h,--help", "Print this help");
    // More than one would let `get list` be two commands.
    app_.require_subcommand(0, 1);
    app_.fallthrough();
    app_.formatter(std::make_shared<HelpFormatter>());
    app_.get_formatter()->column_width(26);
    app_.get_formatter()->label("REQUIRED", "");
    app_.get_formatter()->label("Positionals", "Arguments");
    app_.get_formatter()->label("SUBCOMMAND", "COMMAND");
    app_.get_formatter()->label("OPTIONS", "OPTION...");
    setup(app_, globals_);
    app_.footer(
        "Example:\n"
        "  id=$(jobsched add --in 10m -d hello https://example.org/hook)\n"
        "`jobsched COMMAND --help` says more, and so does jobsched(1).");
    add<ServeOptions>(Outputs::kNone, Role::kLocal);
    add<AddOptions>(Outputs::kNone);
    add<ListOptions>(Outputs::kAny);
    add<GetOptions>(Outputs::kAny);
    add<UpdateOptions>(Outputs::kNone);
    add<RmOptions>(Outputs::kNone);
    add<FireOptions>(Outputs::kNone);
    add<PauseOptions>(Outputs::kNone);
    add<ResumeOptions>(Outputs::kNone);
    add<LogOptions>(Outputs::kAny);
    add<RetryOptions>(Outputs::kNone);
    add<NextOptions>(Outputs::kTextOrJson);
    add<ListenOptions>(Outputs::kTextOrJson);
    add<SecretOptions>(Outputs::kAny);
    add<AccountOptions>(Outputs::kAny);
    add<StatusOptions>(Outputs::kAny);
    add<BackupOptions>(Outputs::kNone, Role::kLocal);
    add<RestoreOptions>(Outputs::kNone, Role::kLocal);
    add<MigrateOptions>(Outputs::kNone, Role::kLocal);
    add<CompletionOptions>(Outputs::kNone, Role::kLocal);
    add<VersionOptions>(Outputs::kTextOrJson);
  }

  Fallible<void> run(std::vector<std::string> words, Environment environment) {
    if (!words.empty() && words.front() == kCompleteCommand) {
      return complete(app_, {words.begin() + 1, words.end()}, environment);
    }
    const auto parsed = parse(prepare(std::move(words)));
    if (!parsed) return tl::unexpected(parsed.error());
    if (!*parsed) return {};
    for (const Command& command : commands_) {
      if (!command.app->parsed()) continue;
      const auto settings = load_settings_for(command, environment);
      if (!settings) return tl::unexpected(settings.error());
      auto globals = resolve(globals_, command.outputs, std::move(environment), *settings);
      if (!globals) return tl::unexpected(globals.error());
      return command.run(*globals);
    }
    std::fwrite(kSummary.data(), 1, kSummary.size(), stderr);
    return fail(ExitCode::kUsage, {});
  }

 private:
  // Only clients go by the settings in client.yaml.
  enum class Role { kClient, kLocal };

  struct Command {
    CLI::App* app;
    Outputs outputs;
    Role role;
    std::function<Fallible<void>(const Globals&)> run;
  };

  template <class Options>
  void add(Outputs outputs, Role role = Role::kClient) {
    Options& options = std::get<Options>(options_);
    CLI::App* const app = setup(app_, options)->group("Commands");
    commands_.push_back({app, outputs, role, [&options](const Globals& globals) {
                           return cmd::run(options, globals);
                         }});
  }

  static Fallible<ClientSettings> load_settings_for(const Command& command,
                                                    const Environment& environment) {
    if (command.role == Role::kLocal) return ClientSettings{};
    return load_client_settings(user_client_file(environment), std::string(kSystemClientFile),
                                environment);
  }

  // Whether there is something to run: not after --help and --version.
  Fallible<bool> parse(std::vector<std::string> words) {
    std::reverse(words.begin(), words.end());  // CLI11 takes them from the back
    try {
      app_.parse(std::move(words));
      return true;
    } catch (const CLI::CallForHelp&) {
      if (auto unknown = unknown_word(app_)) return tl::unexpected(*unknown);
      return printed(app_.help());
    } catch (const CLI::CallForVersion& version) {
      return printed(std::string(version.what()) + "\n");
    } catch (const CLI::ParseError& error) {
      return tl::unexpected(explain(app_, error));
    }
  }

  static Fallible<bool> printed(const std::string& text) {
    return print(text).map([] { return false; });
  }

  CLI::App app_;
  GlobalOptions globals_;
  std::tuple<ServeOptions,
             AddOptions,
             ListOptions,
             GetOptions,
             UpdateOptions,
             RmOptions,
             FireOptions,
             PauseOptions,
             ResumeOptions,
             LogOptions,
             RetryOptions,
             NextOptions,
             ListenOptions,
             SecretOptions,
             AccountOptions,
             StatusOptions,
             BackupOptions,
             RestoreOptions,
             MigrateOptions,
             CompletionOptions,
             VersionOptions>
      options_;
  std::vector<Command> commands_;
};

}  // namespace

ExitCode run_command_line(const std::vector<std::string>& words, Environment environment) {
  auto done = CommandLine().run(words, std::move(environment));
  // What was printed before a failure counts, but the failure counts more.
  const auto flushed = flush();
  if (done && !flushed) done = flushed;
  if (done) return ExitCode::kDone;
  if (!done.error().message.empty()) say(done.error().message);
  return done.error().code;
}

}  // namespace jobsched::cmd
