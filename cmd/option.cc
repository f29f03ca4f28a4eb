#include "cmd/option.h"

#include <charconv>

#include <CLI/CLI.hpp>

#include "core/text/utf8.h"

namespace jobsched::cmd {

CLI::App* add_command(CLI::App& parent, const std::string& name, const std::string& summary) {
  return parent.add_subcommand(name, summary);
}

void add_alias(CLI::App& command, const std::string& name) {
  command.alias(name);
}

void add_footer(CLI::App& app, const std::string& text) {
  app.footer(text);
}

void add_flag(CLI::App& app, const std::string& names, bool& value, const std::string& help) {
  app.add_flag(names, value, help);
}

void add_text(CLI::App& app,
              const std::string& names,
              std::optional<std::string>& value,
              const std::string& type,
              const std::string& help) {
  app.add_option_function<std::string>(
         names, [&value](const std::string& text) { value = text; }, help)
      ->type_name(type);
}

void add_optional_text(CLI::App& app,
                       const std::string& names,
                       std::optional<std::string>& value,
                       const std::string& type,
                       const std::string& help) {
  app.add_option_function<std::string>(
         names, [&value](const std::string& text) { value = text; }, help)
      ->type_name(type)
      ->expected(0, 1);
}

void add_texts(CLI::App& app,
               const std::string& names,
               std::vector<std::string>& values,
               const std::string& type,
               const std::string& help) {
  app.add_option(names, values, help)->type_name(type)->allow_extra_args(false);
}

void add_argument(CLI::App& app,
                  const std::string& name,
                  std::string& value,
                  const std::string& help) {
  app.add_option(name, value, help)->required()->type_name("");
}

void add_optional_argument(CLI::App& app,
                           const std::string& name,
                           std::optional<std::string>& value,
                           const std::string& help) {
  app.add_option_function<std::string>(
         name, [&value](const std::string& text) { value = text; }, help)
      ->type_name("");
}

void add_arguments(CLI::App& app,
                   const std::string& name,
                   std::vector<std::string>& values,
                   const std::string& help) {
  app.add_option(name, values, help)->required()->type_name("");
}

void add_optional_arguments(CLI::App& app,
                            const std::string& name,
                            std::vector<std::string>& values,
                            const std::string& help) {
  app.add_option(name, values, help)->type_name("");
}

Fallible<std::size_t> parse_count(const std::string& name,
                                  std::string_view text,
                                  std::size_t least,
                                  std::size_t most) {
  std::size_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  if (whole && count >= least && count <= most) return count;
  return fail(ExitCode::kUsage, name + ": " + quote(text) + " is not a number from " +
                                    std::to_string(least) + " to " + std::to_string(most));
}

Fallible<void> require_text(const std::string& name, const std::optional<std::string>& value) {
  if (!value || !find_invalid_utf8(*value)) return {};
  return fail(ExitCode::kUsage, name + ": " + quote(*value) + " is not UTF-8");
}

}  // namespace jobsched::cmd
