#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cmd/environment.h"
#include "cmd/failure.h"

namespace jobsched::cmd {

// The settings that the machine has for everybody.
constexpr std::string_view kSystemClientFile = "/etc/jobsched/client.yaml";

// What the files client.yaml set for the commands that talk to a daemon.
struct ClientSettings {
  struct Value {
    std::string text;
    std::string place;  // "FILE:LINE:COLUMN: KEY", for messages
  };

  std::optional<Value> server = {};
  std::optional<Value> key_file = {};  // a path that does not depend on the working directory
  std::optional<Value> cacert = {};    // likewise
  std::optional<Value> output = {};
};

// $XDG_CONFIG_HOME/jobsched/client.yaml, else ~/.config/jobsched/client.yaml; absent without a
// HOME, too.
std::optional<std::string> user_client_file(const Environment& environment);

// Reads the text of one file into what is not set yet: a map of the keys server, key_file, cacert
// and output. Paths are relative to the file's folder, or begin with "~/". Every fault, as in the
// daemon's settings, is appended to `faults`, with its place. The values themselves are not
// checked.
void read_client_file(const std::string& path,
                      const std::string& text,
                      const Environment& environment,
                      ClientSettings& settings,
                      std::vector<std::string>& faults);

// The settings of these files, of which the first beats the second; one that is not there is passed
// over. Every fault is printed. Errors: kConfiguration.
Fallible<ClientSettings> load_client_settings(const std::optional<std::string>& user_file,
                                              const std::string& system_file,
                                              const Environment& environment);

}  // namespace jobsched::cmd
