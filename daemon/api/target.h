#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "core/error.h"
#include "core/job/id.h"

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

enum class JobAction { kFire, kPause, kResume };

struct JobActionTarget {  // /1/jobs/<id>/fire, …/pause, …/resume
  JobId id;
  JobAction action;
};

struct JobDeliveriesTarget {  // /1/jobs/<id>/deliveries
  JobId id;
};

struct DeliveriesTarget {};  // /1/deliveries

struct DeliveryTarget {  // /1/deliveries/<id>
  std::string id;
};

struct RetryTarget {  // /1/deliveries/<id>/retry
  std::string id;
};

struct SecretsTarget {};  // /1/secrets

struct PageTarget {};  // /

struct OpenApiTarget {};  // /openapi.json

using Target = std::variant<JobsTarget,
                            JobTarget,
                            DeletionTarget,
                            PathJobTarget,
                            JobActionTarget,
                            JobDeliveriesTarget,
                            DeliveriesTarget,
                            DeliveryTarget,
                            RetryTarget,
                            SecretsTarget,
                            PageTarget,
                            OpenApiTarget>;

// Reads the raw path of a request: split on `/` first, then each segment decoded once, so that
// `%2F` stays inside its segment. A UUID is the id of a job, and never a schedule, where one of the
// words above follows it. Errors: kNotFound for anything else, kMalformed for a `%` that two
// hexadecimal digits do not follow.
Result<Target> parse_target(std::string_view raw_path);

}  // namespace jobsched
