#include "cmd/usage.h"

#include <algorithm>
#include <string_view>

#include <CLI/CLI.hpp>

#include "core/text/suggestion.h"
#include "core/text/utf8.h"

namespace jobsched::cmd {

namespace {

const CLI::App* chosen_command(const CLI::App& app) {
  const auto chosen = app.get_subcommands();
  return chosen.empty() ? nullptr : chosen.front();
}

std::string suggest_command(const CLI::App& app, std::string_view word) {
  const auto commands = app.get_subcommands([](const CLI::App*) { return true; });
  std::vector<std::string> names;
  for (const CLI::App* command : commands) {
    names.push_back(command->get_name());
    const auto& others = command->get_aliases();
    names.insert(names.end(), others.begin(), others.end());
  }
  names.emplace_back("help");
  return did_you_mean(word, std::vector<std::string_view>(names.begin(), names.end()));
}

std::string suggest_option(const CLI::App& app, const CLI::App* command, std::string_view word) {
  std::vector<std::string> names;
  for (const CLI::App* of : {&app, command}) {
    if (of == nullptr) continue;
    for (const CLI::Option* option : of->get_options()) {
      for (const std::string& name : option->get_lnames())
        names.push_back("--" + name);
    }
  }
  // One letter is near every other.
  if (!word.starts_with("--")) return {};
  return did_you_mean(word, std::vector<std::string_view>(names.begin(), names.end()));
}

Failure usage(const CLI::App* command, const std::string& message) {
  const std::string name = command == nullptr ? "" : command->get_name() + ": ";
  const std::string help = command == nullptr ? "" : " " + command->get_name();
  return {ExitCode::kUsage, name + message + "\nTry `jobsched" + help + " --help`."};
}

}  // namespace

std::vector<std::string> prepare(std::vector<std::string> words) {
  if (!words.empty() && words.front() == "help") {
    words.erase(words.begin());
    words.resize(std::min<std::size_t>(words.size(), 1));
    if (words == std::vector<std::string>{"help"}) words.clear();
    words.emplace_back("--help");
  }
  std::vector<std::string> prepared;
  bool options = true;
  for (std::string& word : words) {
    options = options && word != "--";
    const bool gives_nothing =
        options && word.starts_with("--") && word.find('=') == word.size() - 1;
    if (gives_nothing) word.pop_back();
    prepared.push_back(std::move(word));
    if (gives_nothing) prepared.emplace_back();
  }
  return prepared;
}

std::optional<Failure> unknown_word(const CLI::App& app) {
  const CLI::App* const command = chosen_command(app);
  const auto left_over = app.remaining(true);
  if (left_over.empty()) return std::nullopt;
  const std::string& word = left_over.front();
  if (word.size() > 1 && word.starts_with('-')) {
    const std::string option = word.substr(0, word.find('='));
    return usage(command, "unknown option " + quote(option) + suggest_option(app, command, option));
  }
  if (command == nullptr) {
    return usage(command, "unknown command " + quote(word) + suggest_command(app, word));
  }
  return usage(command, "unexpected argument " + quote(word));
}

Failure explain(const CLI::App& app, const CLI::ParseError& error) {
  const CLI::App* const command = chosen_command(app);
  const std::string text = error.what();
  const std::string subject = text.substr(0, text.find_first_of(": "));
  if (error.get_name() == "ArgumentMismatch") {
    const bool too_many = text.find("At Most") != std::string::npos;
    return usage(command, subject + (too_many ? " may be given only once" : " needs a value"));
  }
  if (auto unknown = unknown_word(app)) return *unknown;
  if (error.get_name() == "RequiredError") return usage(command, subject + " is missing");
  return usage(command, text);
}

}  // namespace jobsched::cmd
