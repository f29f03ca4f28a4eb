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

// Where statements give them, before any other columns.
struct JobColumn {
  enum : int {
    kId,
    kAccount,
    kUrl,
    kSignature,
    kContentType,
    kData,
    kWhen,
    kCron,
    kNext,
    kTimezone,
    kMisfire,
    kPaused,
    kPauseReason,
    kEpoch,
    kName,
    kMethod,
    kHeaders,
    kTimeout,
    kAttempts,
    kBackoff,
    kCount
  };
};

// The columns of `row`, which has members for the types of columns: those of sql::Run, or
// pg::Rows::Row.
template <class Row>
JobColumns read_columns(const Row& row) {
  return {.id = row.id(JobColumn::kId),
          .account = row.text(JobColumn::kAccount),
          .url = row.text(JobColumn::kUrl),
          .signature = row.optional_text(JobColumn::kSignature),
          .content_type = row.optional_text(JobColumn::kContentType),
          .data = row.optional_text(JobColumn::kData),
          .when = row.optional_instant(JobColumn::kWhen),
          .cron = row.optional_text(JobColumn::kCron),
          .next = row.optional_instant(JobColumn::kNext),
          .timezone = row.optional_text(JobColumn::kTimezone),
          .misfire = row.optional_text(JobColumn::kMisfire),
          .paused = row.number(JobColumn::kPaused) != 0,
          .pause_reason = row.optional_text(JobColumn::kPauseReason),
          .epoch = static_cast<std::uint32_t>(row.number(JobColumn::kEpoch)),
          .name = row.optional_text(JobColumn::kName),
          .method = row.optional_text(JobColumn::kMethod),
          .headers = row.optional_text(JobColumn::kHeaders),
          .timeout = row.optional_number(JobColumn::kTimeout),
          .attempts = row.optional_number(JobColumn::kAttempts),
          .backoff = row.optional_text(JobColumn::kBackoff)};
}

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
