#include "cmd/usage_formatter.h"

#include <algorithm>
#include <sstream>
#include <string_view>
#include <utility>

#include "core/text/utf8.h"

namespace jobsched::cmd {

namespace {

constexpr std::size_t kWidth = 79;
constexpr std::size_t kCommandColumn = 14;  // names of commands are short

std::size_t length(const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, begins_character));
}

}  // namespace

std::string HelpFormatter::make_option_name(const CLI::Option* option, bool is_positional) const {
  std::string name = CLI::Formatter::make_option_name(option, is_positional);
  if (const auto comma = name.find(','); comma != std::string::npos) name.insert(comma + 1, " ");
  return name;
}

std::string HelpFormatter::make_option_opts(const CLI::Option* option) const {
  std::string text = CLI::Formatter::make_option_opts(option);
  constexpr std::string_view kSeveral = " ...";
  if (!option->get_positional() && text.ends_with(kSeveral))
    text.resize(text.size() - kSeveral.size());
  return text;
}

std::string HelpFormatter::make_option_desc(const CLI::Option* option) const {
  return wrap(option->get_description(), kWidth - get_column_width());
}

// The names that a command also has are in its own help.
std::string HelpFormatter::make_subcommand(const CLI::App* command) const {
  std::ostringstream text;
  CLI::detail::format_help(text, command->get_name(),
                           wrap(command->get_description(), kWidth - kCommandColumn),
                           kCommandColumn);
  return text.str();
}

std::string HelpFormatter::make_usage(const CLI::App* command, std::string name) const {
  std::string usage = CLI::Formatter::make_usage(command, name);
  const auto own = name.rfind(command->get_name());
  if (own == std::string::npos) return usage;
  for (const std::string& other : command->get_aliases()) {
    std::string line = CLI::Formatter::make_usage(command, name.substr(0, own) + other);
    usage += line.replace(0, line.find(':'), "   or");
  }
  return usage;
}

std::string HelpFormatter::make_footer(const CLI::App* command) const {
  std::istringstream lines(command->get_footer());
  std::string footer;
  std::string paragraph;
  const auto end_paragraph = [&] {
    if (!paragraph.empty()) footer += wrap(std::exchange(paragraph, {}), kWidth) + "\n";
  };
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty() && line.front() != ' ') {
      paragraph += line + " ";
      continue;
    }
    end_paragraph();
    footer += line + "\n";
  }
  end_paragraph();
  const bool is_command = command->get_parent() != nullptr;
  return is_command ? footer + "\n`jobsched --help` has the options that all commands have.\n"
                    : footer;
}

std::string wrap(const std::string& text, std::size_t width) {
  std::istringstream words(text);
  std::string wrapped;
  std::size_t column = 0;
  for (std::string word; words >> word;) {
    const bool fits = column > 0 && column + 1 + length(word) <= width;
    if (!wrapped.empty()) wrapped += fits ? ' ' : '\n';
    column = fits ? column + 1 + length(word) : length(word);
    wrapped += word;
  }
  return wrapped;
}

}  // namespace jobsched::cmd
