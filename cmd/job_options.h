#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

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
  std::optional<std::string> name;
  std::optional<std::string> method;
  std::vector<std::string> headers;
  std::optional<std::string> timeout;
  std::optional<std::string> attempts;
  std::optional<std::string> backoff;
  std::optional<std::string> misfire;

  bool has_schedule() const { return at || in || cron; }

  bool any() const {
    return has_schedule() || zone || data || content_type || signature || name || method ||
           !headers.empty() || timeout || attempts || backoff || misfire;
  }
};

void setup(CLI::App& app, JobOptions& options);

// What is given for a field: a value, or that it has none.
template <class T>
using Given = std::optional<T>;

// What the options say, as values: the time as an instant, the payload as bytes. Fields that are
// not given are absent.
struct JobChanges {
  std::optional<std::string> when;
  std::optional<std::string> cron;
  std::optional<std::string> timezone;
  std::optional<std::string> data;
  std::optional<std::string> content_type;
  std::optional<std::string> signature;
  std::optional<std::string> name;
  std::optional<std::string> method;
  bool drops_headers = false;  // those that the job has
  Headers headers;
  std::optional<Given<std::chrono::seconds>> timeout;
  std::optional<Given<std::int64_t>> attempts;
  std::optional<Given<std::vector<std::chrono::seconds>>> backoff;
  std::optional<std::string> misfire;
};

// Reads the times of the options at `now`, and the files that `-d` names.
// Errors: kUsage, also for more than one schedule; kRefused for too long a payload.
Fallible<JobChanges> read_changes(const JobOptions& options,
                                  Instant now,
                                  const Environment& environment);

// Puts what is given into `document` and leaves the rest as it is. A schedule takes the place of
// another, and a header that of one of the same name, in any case; what is given as empty takes the
// field away.
void apply(const JobChanges& changes, JobDocument& document);

}  // namespace jobsched::cmd
