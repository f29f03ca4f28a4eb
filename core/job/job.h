#pragma once

#include <optional>
#include <string>
#include <variant>

#include "core/cron/expression.h"
#include "core/job/id.h"
#include "core/time/instant.h"

namespace jobsched {

// When a job fires: once …
struct Once {
  Instant when;
};

// … or at each fire time of a cron expression.
struct Recurring {
  cron::Expression cron;
};

using Schedule = std::variant<Once, Recurring>;

// What a user says of a job, checked: what to send, where, and when.
struct JobSpec {
  std::string url;
  std::optional<std::string> signature;
  std::optional<std::string> content_type;
  std::optional<std::string> data;  // any bytes
  Schedule schedule;
};

// A job as it is stored.
struct Job {
  JobId id;
  std::string account;
  JobSpec spec;
  // The next fire time that has not fired yet. Absent once a one-time job has fired, and once a
  // recurring one has no further fire time; such a job lives only until its last delivery ends.
  std::optional<Instant> next;
};

// The first fire time strictly after `after`, or absent.
std::optional<Instant> next_fire_time(const Schedule& schedule, Instant after);

}  // namespace jobsched
