#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

namespace jobsched {

// What went wrong, in the few kinds that callers treat differently. Each kind has one HTTP status
// and one exit code (see `http_status` and cmd/exit_code.h); everything finer is in the detail.
enum class ErrorKind {
  kMalformed,           // 400: not JSON, not XML, not HTTP
  kUnauthorized,        // 401
  kForbidden,           // 403
  kNotFound,            // 404
  kMethodNotAllowed,    // 405
  kNotAcceptable,       // 406
  kConflict,            // 409
  kPreconditionFailed,  // 412: changed since the client looked
  kTooLarge,            // 413
  kUnsupportedMedia,    // 415
  kInvalid,             // 422: understood, but breaks a rule
  kTooManyRequests,     // 429: the client asks too often
  kInternal,            // 500
  kUnavailable,         // 503: try again later
  kStoreFull,           // 507
};

// An error as a value. `detail` is one or more sentences for people, which say what to do.
// `field` names the field of the job document at fault, empty if none is. `position` is the
// 0-based byte offset of the fault in the text that was parsed, where there is one.
struct Error {
  ErrorKind kind = ErrorKind::kInternal;
  std::string detail;
  std::string field;
  std::optional<std::size_t> position;

  bool operator==(const Error&) const = default;
};

// A value, or the reason why there is none. Nothing in this project throws across a function that
// returns a Result; "absent" is a std::optional inside a success, not an error.
template <class T>
using Result = tl::expected<T, Error>;

// `return fail(ErrorKind::kInvalid, "…", "cron");`
inline tl::unexpected<Error> fail(ErrorKind kind,
                                  std::string detail,
                                  std::string field = {},
                                  std::optional<std::size_t> position = {}) {
  return tl::unexpected<Error>(Error{kind, std::move(detail), std::move(field), position});
}

// The HTTP status code of a kind, e.g. 422.
int http_status(ErrorKind kind);

// The kind of an HTTP status: the inverse of `http_status` where it has one, else kInternal.
ErrorKind error_kind(int http_status);

// The status's standard phrase, e.g. "Unprocessable Content" (RFC 9110 section 15).
std::string_view status_phrase(int http_status);

}  // namespace jobsched
