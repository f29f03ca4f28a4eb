#pragma once

#include <string>

#include <CLI/CLI.hpp>

namespace jobsched::cmd {

// CLI11's help, with descriptions broken so that no line is longer than a terminal is wide.
class HelpFormatter : public CLI::Formatter {
 public:
  // With a blank between its names: "-s, --server".
  std::string make_option_name(const CLI::Option* option, bool is_positional) const override;

  // That an option may be repeated its description says.
  std::string make_option_opts(const CLI::Option* option) const override;

  std::string make_option_desc(const CLI::Option* option) const override;
  std::string make_subcommand(const CLI::App* command) const override;

  // Its paragraphs broken, too; lines that are indented are as they are. That of a command says
  // where the options are that all commands have.
  std::string make_footer(const CLI::App* command) const override;

  // With a line for each name that the command also has.
  std::string make_usage(const CLI::App* command, std::string name) const override;
};

// `text` in lines of at most `width` characters, broken at blanks; where it has line ends, which
// count as blanks, does not matter.
std::string wrap(const std::string& text, std::size_t width);

}  // namespace jobsched::cmd
