#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "core/error.h"

namespace jobsched {

// What a request's target names, in version 1 of the API.

struct JobsTarget {};  // /1/jobs

struct JobTarget {  // /1/jobs/<id>
  std::string id;
};

struct DeletionTarget {};  // /1/jobs/delete

struct PathJobTarget {  // /1/jobs/<when or cron>/<callback>
  // The first segment decoded, once with `+` as a space, once with `+` as itself: a cron expression
  // needs the one, a bare `+hh:mm` offset of an instant the other.
  std::string schedule;
  std::string schedule_with_plus;
  std::string callback;
};

struct SecretsTarget {};  // /1/secrets

using Target = std::variant<JobsTarget, JobTarget, DeletionTarget, PathJobTarget, SecretsTarget>;

// Reads the raw path of a request: split on `/` first, then each segment decoded once, so that
// `%2F` stays inside its segment. Errors: kNotFound for anything else, kMalformed for a `%` that
// two hexadecimal digits do not follow.
Result<Target> parse_target(std::string_view raw_path);

// The value of a parameter of a raw query, decoded; the first if there are several.
std::optional<std::string> query_parameter(std::string_view raw_query, std::string_view name);

}  // namespace jobsched
