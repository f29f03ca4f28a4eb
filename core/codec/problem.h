#pragma once

#include <string>

#include "core/error.h"

namespace jobsched {

// Problem details (RFC 9457) of an answer that is not a success.
struct Problem {
  int status = 500;
  std::string title;   // the status's standard phrase
  std::string detail;  // what is wrong and what to do
  std::string field;   // of the job document, empty if none is at fault

  bool operator==(const Problem&) const = default;
};

Problem to_problem(const Error& error);

}  // namespace jobsched
