#include "cmd/completion.h"

#include <array>
#include <string_view>

#include "cmd/completion_scripts.h"
#include "cmd/console.h"
#include "cmd/option.h"
#include "core/text/suggestion.h"
#include "core/text/utf8.h"

namespace jobsched::cmd {

CLI::App* setup(CLI::App& parent, CompletionOptions& options) {
  CLI::App* const app =
      add_command(parent, "completion", "Print what lets a shell complete command lines");
  add_argument(*app, "SHELL", options.shell, "bash, zsh or fish");
  add_footer(*app,
             "A package of jobsched has it in its place already. It completes commands, options,\n"
             "files and time zones, and asks the daemon for the ids and names of jobs.\n"
             "\n"
             "Examples:\n"
             "  eval \"$(jobsched completion bash)\"\n"
             "  jobsched completion zsh > ~/.zfunc/_jobsched\n"
             "  jobsched completion fish > ~/.config/fish/completions/jobsched.fish");
  return app;
}

Fallible<void> run(const CompletionOptions& options, const Globals&) {
  constexpr std::array<std::string_view, 3> kShells{"bash", "zsh", "fish"};
  if (options.shell == "bash") return print(bash_completion());
  if (options.shell == "zsh") return print(zsh_completion());
  if (options.shell == "fish") return print(fish_completion());
  return fail(ExitCode::kUsage, "SHELL: " + quote(options.shell) + " is not bash, zsh or fish" +
                                    did_you_mean(options.shell, kShells));
}

}  // namespace jobsched::cmd
