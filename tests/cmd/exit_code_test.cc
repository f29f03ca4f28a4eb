#include "cmd/exit_code.h"

#include <string_view>

#include <doctest/doctest.h>

namespace jobsched::cmd {

TEST_CASE("exit codes are the documented numbers, for ever") {
  CHECK(static_cast<int>(ExitCode::kDone) == 0);
  CHECK(static_cast<int>(ExitCode::kError) == 1);
  CHECK(static_cast<int>(ExitCode::kUsage) == 2);
  CHECK(static_cast<int>(ExitCode::kNotFound) == 3);
  CHECK(static_cast<int>(ExitCode::kUnauthorized) == 4);
  CHECK(static_cast<int>(ExitCode::kConflict) == 5);
  CHECK(static_cast<int>(ExitCode::kRefused) == 6);
  CHECK(static_cast<int>(ExitCode::kUnreachable) == 7);
  CHECK(static_cast<int>(ExitCode::kDeliveryFailed) == 8);
  CHECK(static_cast<int>(ExitCode::kTryLater) == 75);
  CHECK(static_cast<int>(ExitCode::kConfiguration) == 78);
  CHECK(static_cast<int>(ExitCode::kInterrupted) == 130);
}

TEST_CASE("every kind of error has an exit code") {
  struct Row {
    ErrorKind kind;
    ExitCode code;
  };

  constexpr Row kRows[] = {
      {ErrorKind::kMalformed, ExitCode::kRefused},
      {ErrorKind::kUnauthorized, ExitCode::kUnauthorized},
      {ErrorKind::kForbidden, ExitCode::kUnauthorized},
      {ErrorKind::kNotFound, ExitCode::kNotFound},
      {ErrorKind::kMethodNotAllowed, ExitCode::kError},
      {ErrorKind::kNotAcceptable, ExitCode::kError},
      {ErrorKind::kConflict, ExitCode::kConflict},
      {ErrorKind::kPreconditionFailed, ExitCode::kConflict},
      {ErrorKind::kTooLarge, ExitCode::kRefused},
      {ErrorKind::kUnsupportedMedia, ExitCode::kError},
      {ErrorKind::kInvalid, ExitCode::kRefused},
      {ErrorKind::kTooManyRequests, ExitCode::kTryLater},
      {ErrorKind::kInternal, ExitCode::kError},
      {ErrorKind::kUnavailable, ExitCode::kTryLater},
      {ErrorKind::kStoreFull, ExitCode::kTryLater},
  };
  for (const Row& row : kRows) {
    CAPTURE(http_status(row.kind));
    CHECK(exit_code(row.kind) == row.code);
    CHECK(exit_code_of_status(http_status(row.kind)) == row.code);
  }
}

TEST_CASE("statuses that are no kind of error have an exit code too") {
  CHECK(exit_code_of_status(408) == ExitCode::kTryLater);
  CHECK(exit_code_of_status(412) == ExitCode::kConflict);
  CHECK(exit_code_of_status(429) == ExitCode::kTryLater);
  CHECK(exit_code_of_status(301) == ExitCode::kError);
  CHECK(exit_code_of_status(502) == ExitCode::kError);
}

TEST_CASE("the worse of two is the graver, in whatever order they came") {
  struct Row {
    ExitCode better;
    ExitCode worse;
  };

  constexpr Row kRows[] = {
      {ExitCode::kDone, ExitCode::kNotFound},
      {ExitCode::kNotFound, ExitCode::kRefused},
      {ExitCode::kNotFound, ExitCode::kTryLater},
      {ExitCode::kNotFound, ExitCode::kUsage},
      {ExitCode::kTryLater, ExitCode::kError},
      {ExitCode::kError, ExitCode::kUnauthorized},
      {ExitCode::kUnauthorized, ExitCode::kUnreachable},
  };
  for (const Row& row : kRows) {
    CHECK(worse(row.better, row.worse) == row.worse);
    CHECK(worse(row.worse, row.better) == row.worse);
    CHECK(worse(row.worse, row.worse) == row.worse);
  }
}

}  // namespace jobsched::cmd
