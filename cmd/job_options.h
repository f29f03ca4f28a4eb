#pragma once

#include <optional>
#include <string>

#include "cmd/environment.h"
#include "cmd/failure.h"
#include "core/job/document.h"
#include "core/time/instant.h"

namespace CLI {
class App;
}

namespace jobsched::cmd {

// The options of `add` and `update` that say what a job is.
struct JobOptions {
  std::optional<std::string> at;
  std::optional<std::string> in;
  std::optional<std::string> cron;
  std::optional<std::string> zone;
  std::optional<std::string> data;
  std::optional<std::string> content_type;
  std::optional<std::string> signature;

  bool has_schedule() const { return at || in || cron; }

  bool any() const { return has_schedule() || zone || data || content_type || signature; }
};

void setup(CLI::App& app, JobOptions& options);

// What the options say, as values: the time as an instant, the payload as bytes. Fields that are
// not given are absent.
struct JobChanges {
  std::optional<std::string> when;
  std::optional<std::string> cron;
  std::optional<std::string> timezone;
  std::optional<std::string> data;
  std::optional<std::string> content_type;
  std::optional<std::string> signature;
};

// Reads the times of the options at `now`, and the files that `-d` names.
// Errors: kUsage, also for more than one schedule; kRefused for too long a payload.
Fallible<JobChanges> read_changes(const JobOptions& options,
                                  Instant now,
                                  const Environment& environment);

// Puts what is given into `document` and leaves the rest as it is. A schedule takes the place of
// another; an empty time zone, payload, type or signature takes the field away.
void apply(const JobChanges& changes, JobDocument& document);

}  // namespace jobsched::cmd
