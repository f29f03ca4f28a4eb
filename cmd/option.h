#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cmd/failure.h"

namespace CLI {
class App;
}

namespace jobsched::cmd {

// All that the commands need of CLI11, so that its header, which is most of the work of compiling
// them, is read here only.

// A command of `parent`. The parent owns it.
CLI::App* add_command(CLI::App& parent, const std::string& name, const std::string& summary);

// A name that it may be called by, too.
void add_alias(CLI::App& command, const std::string& name);

// What its help ends with.
void add_footer(CLI::App& app, const std::string& text);

// An option without a value.
void add_flag(CLI::App& app, const std::string& names, bool& value, const std::string& help);

// The kinds of options and arguments that commands have, whose values the commands check
// themselves: CLI11's own conversions take an empty text for an absent one, and text in brackets
// for a list.

// An option with a text, at most once.
void add_text(CLI::App& app,
              const std::string& names,
              std::optional<std::string>& value,
              const std::string& type,
              const std::string& help);

// The same with a value that may be left out, which is then empty.
void add_optional_text(CLI::App& app,
                       const std::string& names,
                       std::optional<std::string>& value,
                       const std::string& type,
                       const std::string& help);

// An option with a text, any number of times.
void add_texts(CLI::App& app,
               const std::string& names,
               std::vector<std::string>& values,
               const std::string& type,
               const std::string& help);

// The argument that must be there, shown as `name`.
void add_argument(CLI::App& app,
                  const std::string& name,
                  std::string& value,
                  const std::string& help);

// An argument that may be left out.
void add_optional_argument(CLI::App& app,
                           const std::string& name,
                           std::optional<std::string>& value,
                           const std::string& help);

// One or more arguments, shown as `name`.
void add_arguments(CLI::App& app,
                   const std::string& name,
                   std::vector<std::string>& values,
                   const std::string& help);

// Any number of arguments, shown as `name`.
void add_optional_arguments(CLI::App& app,
                            const std::string& name,
                            std::vector<std::string>& values,
                            const std::string& help);

// The number of an option, within its range. Errors: kUsage.
Fallible<std::size_t> parse_count(const std::string& name,
                                  std::string_view text,
                                  std::size_t least,
                                  std::size_t most);

// Refuses a value that is not UTF-8, which no field of a job but the payload can hold.
Fallible<void> require_text(const std::string& name, const std::optional<std::string>& value);

}  // namespace jobsched::cmd
