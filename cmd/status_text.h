#pragma once

#include <string>

#include "core/codec/format.h"

namespace jobsched::cmd {

// How a daemon is.
struct DaemonStatus {
  enum class State { kReady, kNotReady, kNoAnswer };

  std::string server;  // its address, as given
  State state = State::kNoAnswer;
  std::string version = {};  // empty if it does not say
  std::string detail = {};   // why it is not ready, or does not answer
};

// One line or document. In text without the detail, which is a message.
std::string show_status(Format format, const DaemonStatus& status);

// The version that the daemon's answer to GET /healthz, in JSON, names; empty if it names none.
std::string read_version(const std::string& json);

}  // namespace jobsched::cmd
