#pragma once

#include <optional>
#include <string>

#include "cmd/client_settings.h"
#include "cmd/environment.h"
#include "cmd/failure.h"
#include "cmd/server_address.h"
#include "core/codec/format.h"

namespace CLI {
class App;
}

namespace jobsched::cmd {

// The options that every command takes, before or after its name, as given.
struct GlobalOptions {
  std::optional<std::string> server;
  std::optional<std::string> output;
  std::optional<std::string> cacert = {};
  std::optional<std::string> key_file = {};
};

void setup(CLI::App& app, GlobalOptions& options);

// In what a command can print its document.
enum class Outputs {
  kNone,  // it prints none
  kTextOrJson,
  kAny,
};

// What every command is run with.
struct Globals {
  ServerAddress server;
  Format output = Format::kText;
  Environment environment;
};

// The options, else the variables JOBSCHED_SERVER, _CACERT, _KEY_FILE and _OUTPUT, else the
// settings, else the defaults. An option that the command has no use for is refused; of a variable
// or a setting, which are meant for every command, what it has no use for is passed over.
// Errors: kUsage; kConfiguration for a wrong setting.
Fallible<Globals> resolve(const GlobalOptions& options,
                          Outputs outputs,
                          Environment environment,
                          const ClientSettings& settings = {});

}  // namespace jobsched::cmd
