#include "cmd/globals.h"

#include <array>
#include <string_view>

#include "cmd/option.h"
#include "core/text/suggestion.h"
#include "core/text/utf8.h"

namespace jobsched::cmd {

namespace {

constexpr std::array<std::string_view, 3> kFormats{"text", "json", "xml"};

// What is said of one of them, and where.
struct Given {
  std::string text;
  std::string place;
  ExitCode code = ExitCode::kUsage;  // if it is wrong
  bool by_option = false;
};

// The option, else the variable, else the setting; absent if none says anything.
std::optional<Given> given(const std::optional<std::string>& option,
                           const std::string& option_name,
                           const Environment& environment,
                           const std::string& variable_name,
                           const std::optional<ClientSettings::Value>& setting) {
  if (option) return Given{*option, option_name, ExitCode::kUsage, true};
  const auto variable = environment.find(variable_name);
  if (variable != environment.end() && !variable->second.empty()) {
    return Given{variable->second, variable_name};
  }
  if (setting) return Given{setting->text, setting->place, ExitCode::kConfiguration};
  return std::nullopt;
}

Fallible<Format> parse_format(const Given& given) {
  const auto& text = given.text;
  if (text == "text") return Format::kText;
  if (text == "json") return Format::kJson;
  if (text == "xml") return Format::kXml;
  return fail(given.code, given.place + ": " + quote(text) + " is not text, json or xml" +
                              did_you_mean(text, kFormats));
}

Fallible<Format> resolve_output(const std::optional<Given>& given, Outputs outputs) {
  if (!given) return Format::kText;
  const auto format = parse_format(*given);
  const bool suits =
      outputs == Outputs::kAny || (outputs == Outputs::kTextOrJson && format != Format::kXml);
  if (!format || suits) return format;
  if (!given->by_option) return Format::kText;
  return fail(ExitCode::kUsage, outputs == Outputs::kNone
                                    ? "--output: this command prints no document; leave it out"
                                    : "--output: this command prints text or json");
}

}  // namespace

void setup(CLI::App& app, GlobalOptions& options) {
  add_text(app, "-s,--server", options.server, "ADDR",
           "The daemon: http://HOST:PORT, https://HOST or unix:/PATH (JOBSCHED_SERVER;\n"
           "default " +
               std::string(kDefaultServer) + ")");
  add_text(app, "--cacert", options.cacert, "FILE",
           "Trust the authorities of FILE for https, not the system's (JOBSCHED_CACERT)");
  add_text(app, "-o,--output", options.output, "FORMAT",
           "Print documents as text, json or xml (JOBSCHED_OUTPUT)");
  add_text(app, "--key-file", options.key_file, "FILE",
           "The file with the key of your account (JOBSCHED_KEY_FILE)");
}

Fallible<Globals> resolve(const GlobalOptions& options,
                          Outputs outputs,
                          Environment environment,
                          const ClientSettings& settings) {
  const auto output = resolve_output(
      given(options.output, "--output", environment, "JOBSCHED_OUTPUT", settings.output), outputs);
  if (!output) return tl::unexpected(output.error());

  const auto address =
      given(options.server, "--server", environment, "JOBSCHED_SERVER", settings.server)
          .value_or(Given{std::string(kDefaultServer), {}});
  auto server = parse_server_address(address.text);
  if (!server) return fail(address.code, address.place + ": " + server.error().detail);
  const auto cacert =
      given(options.cacert, "--cacert", environment, "JOBSCHED_CACERT", settings.cacert);
  if (cacert) server->cacert = cacert->text;
  if (options.key_file && options.key_file->empty()) {
    return fail(ExitCode::kUsage, "--key-file: is empty; name the file with the key");
  }
  const auto key_file =
      given(options.key_file, "--key-file", environment, "JOBSCHED_KEY_FILE", settings.key_file);
  if (key_file) server->key_file = key_file->text;
  return Globals{std::move(*server), *output, std::move(environment)};
}

}  // namespace jobsched::cmd
