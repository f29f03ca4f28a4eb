#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"

namespace jobsched::cmd {

// How long a signing secret is used, as the daemon says it: ISO 8601, fit for a terminal.
struct SecretTerm {
  std::string created;
  std::optional<std::string> ends;

  bool operator==(const SecretTerm&) const = default;
};

// Reads the daemon's JSON list. Errors: kMalformed if the text is none.
Result<std::vector<SecretTerm>> read_secret_terms(std::string_view json);

// A line for each: "since TIME", or "since TIME until TIME".
std::string show_terms(const std::vector<SecretTerm>& terms);

}  // namespace jobsched::cmd
