#include "cmd/globals.h"

#include <array>
#include <string_view>

#include "cmd/option.h"
#include "core/text/suggestion.h"
#include "core/text/utf8.h"

namespace jobsched::cmd {

namespace {

constexpr std::array<std::string_view, 3> kFormats{"text", "json", "xml"};

Fallible<Format> parse_format(std::string_view text, const std::string& place) {
  if (text == "text") return Format::kText;
  if (text == "json") return Format::kJson;
  if (text == "xml") return Format::kXml;
  return fail(ExitCode::kUsage, place + ": " + quote(text) + " is not text, json or xml" +
                                    did_you_mean(text, kFormats));
}

Fallible<Format> resolve_output(const GlobalOptions& options,
                                Outputs outputs,
                                const Environment& environment) {
  const auto suits = [&](Format format) {
    return outputs == Outputs::kAny || (outputs == Outputs::kTextOrJson && format != Format::kXml);
  };
  if (options.output) {
    const auto format = parse_format(*options.output, "--output");
    if (format && outputs == Outputs::kNone) {
      return fail(ExitCode::kUsage, "--output: this command prints no document; leave it out");
    }
    if (format && !suits(*format)) {
      return fail(ExitCode::kUsage, "--output: this command prints text or json");
    }
    return format;
  }
  const auto variable = environment.find("JOBSCHED_OUTPUT");
  if (variable == environment.end() || variable->second.empty()) return Format::kText;
  const auto format = parse_format(variable->second, "JOBSCHED_OUTPUT");
  if (format && !suits(*format)) return Format::kText;
  return format;
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

Fallible<Globals> resolve(const GlobalOptions& options, Outputs outputs, Environment environment) {
  const auto output = resolve_output(options, outputs, environment);
  if (!output) return tl::unexpected(output.error());

  const auto variable = [&](std::string_view name) {
    const auto found = environment.find(name);
    return found == environment.end() ? std::string() : found->second;
  };
  std::string place = "--server";
  std::string text(options.server.value_or(""));
  if (!options.server) {
    place = "JOBSCHED_SERVER";
    text = variable(place);
    if (text.empty()) text = kDefaultServer;
  }
  auto server = parse_server_address(text);
  if (!server) return refuse_argument(place, server.error());
  server->cacert = options.cacert.value_or(variable("JOBSCHED_CACERT"));
  if (options.key_file && options.key_file->empty()) {
    return fail(ExitCode::kUsage, "--key-file: is empty; name the file with the key");
  }
  server->key_file = options.key_file.value_or(variable("JOBSCHED_KEY_FILE"));
  return Globals{std::move(*server), *output, std::move(environment)};
}

}  // namespace jobsched::cmd
