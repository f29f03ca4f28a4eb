#pragma once

#include <string>
#include <utility>

#include <tl/expected.hpp>

#include "cmd/exit_code.h"
#include "core/error.h"

namespace jobsched::cmd {

// Why a command did not do what it was told: its exit status and a message for standard error,
// without "jobsched: " before it; empty if all has been said.
struct Failure {
  ExitCode code = ExitCode::kError;
  std::string message;
  int status = 0;  // of the HTTP answer that said so; 0 if none did
};

template <class T>
using Fallible = tl::expected<T, Failure>;

inline tl::unexpected<Failure> fail(ExitCode code, std::string message) {
  return tl::unexpected<Failure>(Failure{code, std::move(message)});
}

// For a wrong argument: its name goes before the detail.
inline tl::unexpected<Failure> refuse_argument(const std::string& name, const Error& error) {
  return fail(ExitCode::kUsage, name + ": " + error.detail);
}

// For a document that breaks a rule, checked here or by the daemon: the name of the field goes
// before a detail that does not name it.
inline std::string name_field(const std::string& field, const std::string& detail) {
  return detail.find(field) == std::string::npos ? field + ": " + detail : detail;
}

}  // namespace jobsched::cmd
