#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/error.h"
#include "core/job/job.h"
#include "core/time/instant.h"
#include "core/time/zone.h"

namespace jobsched {

// A job as the columns of a table have it: what its definition leaves out is absent.

// A stored row.
struct JobColumns {
  JobId id;
  std::string account;
  std::string url;
  std::optional<std::string> signature;
  std::optional<std::string> content_type;
  std::optional<std::string> data;
  std::optional<Instant> when;
  std::optional<std::string> cron;
  std::optional<Instant> next;
  std::optional<std::string> timezone;
  std::optional<std::string> misfire;
  bool paused = false;
  std::optional<std::string> pause_reason;
  std::uint32_t epoch = 0;
  std::optional<std::string> name;
  std::optional<std::string> method;
  std::optional<std::string> headers;
  std::optional<std::int64_t> timeout;
  std::optional<std::int64_t> attempts;
  std::optional<std::string> backoff;
};

// The job of a row, its time zone found by `zones`. Errors: kInternal if the row does not make a
// job, as after damage to the disk.
Result<Job> make_job(JobColumns columns, const ZoneLookup& zones);

// What of a definition goes into a row. Refers to the spec.
struct SpecColumns {
  explicit SpecColumns(const JobSpec& spec);

  const std::string& url;
  const std::optional<std::string>& signature;
  const std::optional<std::string>& content_type;
  const std::optional<std::string>& data;
  std::optional<Instant> when;
  std::optional<std::string> cron;
  const std::optional<std::string>& timezone;
  std::optional<std::string> misfire;
  bool paused;
  const std::optional<std::string>& name;
  std::optional<std::string> method;
  std::optional<std::string> headers;
  std::optional<std::int64_t> timeout;
  std::optional<std::int64_t> attempts;
  std::optional<std::string> backoff;
};

}  // namespace jobsched
