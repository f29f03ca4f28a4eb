#include "cmd/exit_code.h"

#include <algorithm>
#include <array>

namespace jobsched::cmd {

namespace {

// From the best to the worst: a job that is not there is what many removals want, a daemon that
// is not there concerns every id.
constexpr std::array kByGravity{
    ExitCode::kDone,          ExitCode::kNotFound,       ExitCode::kConflict,
    ExitCode::kRefused,       ExitCode::kDeliveryFailed, ExitCode::kTryLater,
    ExitCode::kUsage,         ExitCode::kError,          ExitCode::kUnauthorized,
    ExitCode::kConfiguration, ExitCode::kUnreachable,    ExitCode::kInterrupted};

}  // namespace

ExitCode exit_code(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kMalformed:
    case ErrorKind::kTooLarge:
    case ErrorKind::kInvalid: return ExitCode::kRefused;
    case ErrorKind::kUnauthorized:
    case ErrorKind::kForbidden: return ExitCode::kUnauthorized;
    case ErrorKind::kNotFound: return ExitCode::kNotFound;
    case ErrorKind::kPreconditionFailed:
    case ErrorKind::kConflict: return ExitCode::kConflict;
    case ErrorKind::kTooManyRequests:
    case ErrorKind::kUnavailable:
    case ErrorKind::kStoreFull: return ExitCode::kTryLater;
    case ErrorKind::kMethodNotAllowed:
    case ErrorKind::kNotAcceptable:
    case ErrorKind::kUnsupportedMedia:
    case ErrorKind::kInternal: break;
  }
  return ExitCode::kError;
}

ExitCode exit_code_of_status(int http_status) {
  switch (http_status) {
    case 408:
    case 429: return ExitCode::kTryLater;
    default: return exit_code(error_kind(http_status));
  }
}

ExitCode worse(ExitCode a, ExitCode b) {
  return *std::max(std::ranges::find(kByGravity, a), std::ranges::find(kByGravity, b));
}

}  // namespace jobsched::cmd
