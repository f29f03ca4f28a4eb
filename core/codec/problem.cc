#include "core/codec/problem.h"

namespace jobsched {

Problem to_problem(const Error& error) {
  const int status = http_status(error.kind);
  return Problem{status, std::string(status_phrase(status)), error.detail, error.field};
}

}  // namespace jobsched
