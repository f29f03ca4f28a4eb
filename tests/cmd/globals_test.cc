#include "cmd/globals.h"

#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

namespace jobsched::cmd {

TEST_CASE("global options and variables become what commands run with") {
  struct Row {
    std::string_view server;    // option; empty: not given
    std::string_view output;    // option
    std::string_view variable;  // JOBSCHED_OUTPUT
    Outputs outputs;
    std::string_view result;  // the server and the format, or the refusal
  };

  constexpr Row kRows[] = {
      {"", "", "", Outputs::kNone, "http://variable text"},
      {"http://option", "", "", Outputs::kAny, "http://option text"},
      {"", "json", "", Outputs::kAny, "http://variable json"},
      {"", "xml", "", Outputs::kAny, "http://variable xml"},
      {"", "text", "xml", Outputs::kAny, "http://variable text"},
      {"", "", "xml", Outputs::kAny, "http://variable xml"},
      {"", "", "xml", Outputs::kTextOrJson, "http://variable text"},
      {"", "", "json", Outputs::kTextOrJson, "http://variable json"},
      {"", "", "json", Outputs::kNone, "http://variable text"},
      {"", "xml", "", Outputs::kTextOrJson, "--output: this command prints text or json"},
      {"", "json", "", Outputs::kNone, "--output: this command prints no document; leave it out"},
      {"", "jsn", "", Outputs::kAny,
       "--output: \"jsn\" is not text, json or xml; did you mean \"json\"?"},
      {"", "", "jsn", Outputs::kAny,
       "JOBSCHED_OUTPUT: \"jsn\" is not text, json or xml; did you mean \"json\"?"},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.result);
    GlobalOptions options;
    if (!row.server.empty()) options.server = row.server;
    if (!row.output.empty()) options.output = row.output;
    const Environment environment{{"JOBSCHED_SERVER", "http://variable"},
                                  {"JOBSCHED_OUTPUT", std::string(row.variable)}};
    const auto globals = resolve(options, row.outputs, environment);
    if (!globals) {
      CHECK(globals.error().code == ExitCode::kUsage);
      CHECK(globals.error().message == row.result);
      continue;
    }
    const std::vector<std::string> formats{"text", "json", "xml"};
    CHECK(globals->server.text + " " + formats.at(static_cast<std::size_t>(globals->output)) ==
          row.result);
  }
  CHECK(resolve({}, Outputs::kAny, {})->server.text == kDefaultServer);
  CHECK(resolve({}, Outputs::kAny, {{"JOBSCHED_SERVER", ""}})->server.text == kDefaultServer);
  CHECK(resolve({}, Outputs::kAny, {{"JOBSCHED_SERVER", "x"}})
            .error()
            .message.starts_with("JOBSCHED_SERVER: \"x\" is not the address"));
  CHECK(resolve({"x", {}, {}}, Outputs::kAny, {})
            .error()
            .message.starts_with("--server: \"x\" is not the address"));
}

TEST_CASE("the authorities to trust come from the option, else from the variable") {
  const Environment variable{{"JOBSCHED_CACERT", "variable.pem"}};
  CHECK(resolve({{}, {}, "option.pem"}, Outputs::kAny, variable)->server.cacert == "option.pem");
  CHECK(resolve({}, Outputs::kAny, variable)->server.cacert == "variable.pem");
  CHECK(resolve({}, Outputs::kAny, {})->server.cacert.empty());
}

}  // namespace jobsched::cmd
