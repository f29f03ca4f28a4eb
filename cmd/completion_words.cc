#include "cmd/completion_words.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include <CLI/CLI.hpp>

namespace jobsched::cmd {

namespace {

using Candidates = std::vector<Completion::Candidate>;
using Lookup = Completion::Lookup;

// What values of a kind can be, as the type of an option or the name of an argument says it.
struct Values {
  std::string_view command;  // empty: of every command
  std::string_view kind;
  Lookup lookup = Lookup::kNothing;
  std::string_view words = {};  // with blanks between them
};

// The first that fits counts.
constexpr std::array kValues{
    Values{"account", "ACTION", Lookup::kNothing, "add list rm rotate"},
    Values{"account", "NAME"},
    Values{"log", "STATE", Lookup::kNothing,
           "waiting inFlight accepted exhausted superseded skipped cancelled"},
    Values{"secret", "ACTION", Lookup::kNothing, "rotate rm"},
    Values{"", "DELIVERY", Lookup::kDeliveries},
    Values{"", "FILE", Lookup::kFiles},
    Values{"", "FORMAT", Lookup::kNothing, "text json xml"},
    Values{"", "GLOB", Lookup::kNames},
    Values{"", "ID", Lookup::kJobs},
    Values{"", "METHOD", Lookup::kNothing, "POST PUT PATCH DELETE GET"},
    Values{"", "NAME", Lookup::kNames},
    Values{"", "PATH", Lookup::kFiles},
    Values{"", "RULE", Lookup::kNothing, "fire skip"},
    Values{"", "SHELL", Lookup::kNothing, "bash zsh fish"},
    Values{"", "STATE", Lookup::kNothing,
           "active paused waiting inFlight accepted exhausted superseded skipped"},
    Values{"", "STORE", Lookup::kFiles},
    Values{"", "ZONE", Lookup::kZones},
};

// The first half of a sentence, on one line.
std::string short_description(std::string text) {
  std::ranges::replace(text, '\n', ' ');
  for (const std::string_view end : {"; ", ": ", " ("})
    text = text.substr(0, text.find(end));
  return text;
}

Candidates commands_of(const CLI::App& app) {
  Candidates commands;
  for (const CLI::App* command : app.get_subcommands({}))
    commands.push_back({command->get_name(), short_description(command->get_description())});
  commands.push_back({"help", "Print help about a command"});
  return commands;
}

// Also by its other name.
const CLI::App* find_command(const CLI::App& app, const std::string& name) {
  const auto found =
      app.get_subcommands([&](const CLI::App* command) { return command->check_name(name); });
  return found.empty() ? nullptr : found.front();
}

bool takes_value(const CLI::Option* option) {
  return option != nullptr && option->get_items_expected_min() > 0;
}

// Reads the words before the last one.
class Line {
 public:
  explicit Line(const CLI::App& app) : app_(app) {}

  Completion complete(std::vector<std::string> words) {
    const std::string last = words.empty() ? "" : std::move(words.back());
    if (!words.empty()) words.pop_back();
    for (const std::string& word : words)
      read(word);
    Completion completion = next(last);
    completion.globals = std::move(globals_);
    return completion;
  }

 private:
  void read(const std::string& word) {
    if (awaiting_ != nullptr) {
      // bash takes the `=` of --option=value for a word of its own.
      if (word != "=") note(*std::exchange(awaiting_, nullptr), word);
    } else if (options_ && word == "--") {
      options_ = false;
    } else if (options_ && word.starts_with("--")) {
      read_long(word);
    } else if (options_ && word.size() > 1 && word.starts_with('-')) {
      read_short(word);
    } else if (options_ && command_ == nullptr && !help_) {
      help_ = word == "help";
      command_ = find_command(app_, word);
      unknown_ = command_ == nullptr && !help_;
    } else {
      ++arguments_;
    }
  }

  void read_long(const std::string& word) {
    const auto equals = word.find('=');
    const CLI::Option* const option = find(word.substr(0, equals));
    if (!takes_value(option)) return;
    if (equals == std::string::npos) {
      awaiting_ = option;
    } else {
      note(*option, word.substr(equals + 1));
    }
  }

  void read_short(const std::string& word) {
    for (std::size_t i = 1; i < word.size(); ++i) {
      const CLI::Option* const option = find(std::string("-") + word[i]);
      if (!takes_value(option)) continue;
      if (i + 1 == word.size()) {
        awaiting_ = option;
      } else {
        note(*option, word.substr(i + 1));
      }
      return;
    }
  }

  void note(const CLI::Option& option, const std::string& value) {
    if (option.check_name("--server")) globals_.server = value;
    if (option.check_name("--key-file")) globals_.key_file = value;
    if (option.check_name("--cacert")) globals_.cacert = value;
  }

  const CLI::Option* find(const std::string& name) const {
    const CLI::Option* const own =
        command_ == nullptr ? nullptr : command_->get_option_no_throw(name);
    return own != nullptr ? own : app_.get_option_no_throw(name);
  }

  Completion next(const std::string& last) const {
    if (unknown_) return {};
    if (awaiting_ != nullptr) return value_of(*awaiting_, last, "");
    const auto equals = last.find('=');
    if (options_ && last.starts_with("--") && equals != std::string::npos) {
      const CLI::Option* const option = find(last.substr(0, equals));
      if (option == nullptr) return {};
      return value_of(*option, last.substr(equals + 1), last.substr(0, equals + 1));
    }
    if (options_ && last.starts_with('-')) return {options(), Lookup::kNothing, last};
    if (help_ || command_ == nullptr) {
      return {arguments_ == 0 ? commands_of(app_) : Candidates{}, Lookup::kNothing, last};
    }
    return argument(last);
  }

  // The long names, and the short ones of options without a long one.
  Candidates options() const {
    Candidates candidates;
    for (const CLI::App* of : {command_, &app_}) {
      if (of == nullptr) continue;
      for (const CLI::Option* option : of->get_options()) {
        const auto& names = option->get_lnames();
        const bool again = of == &app_ && command_ != nullptr && !names.empty() &&
                           command_->get_option_no_throw("--" + names.front()) != nullptr;
        if (names.empty() || again) continue;
        candidates.push_back({"--" + names.front(), short_description(option->get_description())});
      }
    }
    return candidates;
  }

  Completion argument(const std::string& last) const {
    const auto arguments =
        command_->get_options([](const CLI::Option* option) { return option->get_positional(); });
    if (arguments.empty()) return {};
    const bool repeats = arguments.back()->get_expected_max() > 1;
    if (arguments_ >= arguments.size() && !repeats) return {};
    const CLI::Option* const one = arguments.at(std::min(arguments_, arguments.size() - 1));
    return values(one->get_name(true, false), last, "");
  }

  Completion value_of(const CLI::Option& option,
                      const std::string& beginning,
                      const std::string& before) const {
    return values(option.get_type_name(), beginning, before);
  }

  Completion values(const std::string& kind,
                    const std::string& beginning,
                    const std::string& before) const {
    const std::string command = command_ == nullptr ? "" : command_->get_name();
    const auto* const known = std::ranges::find_if(kValues, [&](const Values& values) {
      return values.kind == kind && (values.command.empty() || values.command == command);
    });
    Completion completion;
    completion.beginning = beginning;
    completion.before = before;
    if (known == kValues.end()) return completion;
    completion.lookup = known->lookup;
    for (std::string& word : CLI::detail::split(std::string(known->words), ' '))
      if (!word.empty()) completion.candidates.push_back({std::move(word)});
    return completion;
  }

  const CLI::App& app_;
  const CLI::App* command_ = nullptr;
  bool help_ = false;
  bool unknown_ = false;                   // there is no such command
  bool options_ = true;                    // until "--"
  const CLI::Option* awaiting_ = nullptr;  // whose value comes next
  std::size_t arguments_ = 0;
  GlobalOptions globals_;
};

}  // namespace

Completion complete_words(const CLI::App& app, std::vector<std::string> words) {
  return Line(app).complete(std::move(words));
}

}  // namespace jobsched::cmd
